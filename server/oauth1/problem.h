// What a provider says is wrong with the OAuth part of a request (the Problem Reporting extension).
#ifndef OAUTH1D_SERVER_OAUTH1_PROBLEM_H_
#define OAUTH1D_SERVER_OAUTH1_PROBLEM_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace oauth1d::oauth1 {

struct Problem {
  std::string name;    // oauth_problem, escaped for people
  std::string advice;  // oauth_problem_advice, escaped for people; may be empty
};

// Looks at the WWW-Authenticate fields of an answer, then at its body if that is a short form.
std::optional<Problem> FindProblem(const std::vector<absl::string_view>& www_authenticate, absl::string_view body);

// The provider no longer takes this token; a new login cures it.
bool MeansTokenRejected(absl::string_view problem);
// The provider refuses the consumer itself, or its signature: the operator must act.
bool MeansConsumerRejected(absl::string_view problem);

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_PROBLEM_H_
