// What is wrong with a configuration, all of it, each with its path and place.
#ifndef OAUTH1D_SERVER_CONFIG_FINDINGS_H_
#define OAUTH1D_SERVER_CONFIG_FINDINGS_H_

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace oauth1d::config {

// Counted from 1; 0: there is none, as for a file that cannot be read.
struct Position {
  int line = 0;
  int column = 0;
};

struct Mistake {
  std::string path;  // providers[0].consumers[1].secret; in the keyring: keyring:keys[0].id
  std::string what;  // what is wrong and what to do; no secret, one line
  int line = 0;
  int column = 0;
};

// `path: what (line:column)`, without a line break.
std::string ToString(const Mistake& mistake);

// Collects the mistakes of one text, and knows where each of its fields stands.
class Findings {
 public:
  // `file` is what a mistake of the text as a whole is filed under; with `prefixed`, the paths begin with it.
  explicit Findings(std::string file, bool prefixed = false) : file_(std::move(file)), prefixed_(prefixed) {}

  void SetPosition(absl::string_view path, Position position);
  // Of the field, or of the nearest one around it that the text has.
  Position PositionOf(absl::string_view path) const;

  // Whether the text itself has the field: it is no default, and not from a record.
  bool IsWritten(absl::string_view path) const { return positions_.count(std::string(path)) > 0; }

  // A mistake; ignored where the field, or one around it, has one already: one cause, one line.
  void Fault(absl::string_view path, absl::string_view what);
  void Fault(absl::string_view path, absl::string_view what, Position position);
  // Something that works, but should be looked at.
  void Warn(absl::string_view path, absl::string_view what);
  bool HasFaultAt(absl::string_view path) const;
  // Whether the field, or something inside of it, has a mistake.
  bool HasFaultBelow(absl::string_view path) const;
  // Takes over what was found in another text.
  void Append(const Findings& other);

  // By place.
  std::vector<Mistake> Faults() const;
  const std::vector<Mistake>& warnings() const { return warnings_; }
  bool ok() const { return faults_.empty() && others_faults_.empty(); }

 private:
  Mistake Make(absl::string_view path, absl::string_view what, Position position) const;

  std::string file_;
  bool prefixed_;
  std::map<std::string, Position> positions_;
  std::set<std::string> faulty_;
  std::vector<Mistake> faults_;
  std::vector<Mistake> others_faults_;  // of other texts: their places do not compare with ours
  std::vector<Mistake> warnings_;
};

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_FINDINGS_H_
