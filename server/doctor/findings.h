// What an examination found, one line a step.
#ifndef OAUTH1D_SERVER_DOCTOR_FINDINGS_H_
#define OAUTH1D_SERVER_DOCTOR_FINDINGS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace oauth1d::doctor {

enum class Verdict {
  kOk,
  kLook,     // it works, but somebody should look at it
  kFailed,   // and whatever builds on it cannot be tried
  kSkipped,  // not tried, for `text` or because an earlier step failed
};

// Who can mend what failed.
enum class Fault { kNone, kOurs, kTheirs };

struct Finding {
  std::string step;  // e.g. `addresses`
  Verdict verdict = Verdict::kOk;
  Fault fault = Fault::kNone;  // of what failed
  std::string text;            // what was seen; printable ASCII but for names of the configuration
  std::string advice;          // what to do; empty: nothing
};

class Findings {
 public:
  void Ok(absl::string_view step, absl::string_view text);
  void Look(absl::string_view step, absl::string_view text, absl::string_view advice);
  void Fail(absl::string_view step, Fault fault, absl::string_view text, absl::string_view advice);
  void Skip(absl::string_view step, absl::string_view why);
  // Adds each of the steps that is not there yet as skipped.
  void SkipRest(const std::vector<std::string>& steps, absl::string_view why);

  void Append(const Findings& others);

  bool failed() const;
  const std::vector<Finding>& all() const { return findings_; }

 private:
  std::vector<Finding> findings_;
};

}  // namespace oauth1d::doctor

#endif  // OAUTH1D_SERVER_DOCTOR_FINDINGS_H_
