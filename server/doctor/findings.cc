#include "server/doctor/findings.h"

#include <algorithm>

namespace oauth1d::doctor {

void Findings::Ok(absl::string_view step, absl::string_view text) {
  findings_.push_back({std::string(step), Verdict::kOk, Fault::kNone, std::string(text), ""});
}

void Findings::Look(absl::string_view step, absl::string_view text, absl::string_view advice) {
  findings_.push_back({std::string(step), Verdict::kLook, Fault::kNone, std::string(text), std::string(advice)});
}

void Findings::Fail(absl::string_view step, Fault fault, absl::string_view text, absl::string_view advice) {
  findings_.push_back({std::string(step), Verdict::kFailed, fault, std::string(text), std::string(advice)});
}

void Findings::Skip(absl::string_view step, absl::string_view why) {
  findings_.push_back({std::string(step), Verdict::kSkipped, Fault::kNone, std::string(why), ""});
}

void Findings::SkipRest(const std::vector<std::string>& steps, absl::string_view why) {
  for (const std::string& step : steps) {
    const bool known =
        std::any_of(findings_.begin(), findings_.end(), [&](const Finding& finding) { return finding.step == step; });
    if (!known) Skip(step, why);
  }
}

void Findings::Append(const Findings& others) {
  findings_.insert(findings_.end(), others.findings_.begin(), others.findings_.end());
}

bool Findings::failed() const {
  return std::any_of(findings_.begin(), findings_.end(),
                     [](const Finding& finding) { return finding.verdict == Verdict::kFailed; });
}

}  // namespace oauth1d::doctor
