// What a provider says is wrong with the OAuth part of a request (the Problem Reporting extension).
#ifndef OAUTH1D_SERVER_OAUTH1_PROBLEM_H_
#define OAUTH1D_SERVER_OAUTH1_PROBLEM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace oauth1d::oauth1 {

struct Problem {
  std::string name;    // oauth_problem, escaped for people
  std::string advice;  // oauth_problem_advice, escaped for people; may be empty
  // oauth_acceptable_timestamps: the lowest and the highest, in seconds since 1970.
  std::optional<std::pair<int64_t, int64_t>> acceptable_timestamps;
};

// Looks at the WWW-Authenticate fields of an answer, each of which may hold challenges of other schemes too, then at
// its body if that is a short form.
std::optional<Problem> FindProblem(const std::vector<absl::string_view>& www_authenticate, absl::string_view body);

// The provider no longer takes this token; a new login cures it.
bool MeansTokenRejected(absl::string_view problem);
// The provider refuses the consumer itself, or its signature: the operator must act.
bool MeansConsumerRejected(absl::string_view problem);

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_PROBLEM_H_
