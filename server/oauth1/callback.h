// How the browser came back (RFC 5849 section 2.2), quirks and all.
#ifndef OAUTH1D_SERVER_OAUTH1_CALLBACK_H_
#define OAUTH1D_SERVER_OAUTH1_CALLBACK_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace oauth1d::oauth1 {

// Fields that did not come are empty.
struct Callback {
  std::string state;
  std::string token;     // oauth_token
  std::string verifier;  // oauth_verifier
  std::string denied;    // X's `denied`: the temporary token that the user refused
  std::string problem;   // oauth_problem, as it came
  // oauth_problem_advice: the first one, cut at 4096 bytes. Any bytes: it alone is never refused.
  std::string problem_advice;
  // Of a whole URL's path, decoded, without a slash at the end: the state, where the provider lets the query carry
  // none. Empty for a bare query, and where it is no text of at most 4096 bytes.
  std::string last_path_segment;
};

// Reads a raw query string or a whole URL. A second '?' (some providers append one to a callback that has a
// query already) counts as '&'; a fragment is cut off.
// Errors: kInvalidArgument if one of the other fields comes more than once with different values, or is longer than
// 4096 bytes, or holds control characters.
absl::StatusOr<Callback> ParseCallback(absl::string_view query_or_url);

// oauth_problem=user_refused and `denied=` are the two ways to say no; nothing else is a denial.
bool IsDenial(const Callback& callback);

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_CALLBACK_H_
