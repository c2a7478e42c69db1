// The WWW-Authenticate header field (RFC 9110 section 11.6.1), as far as it is about OAuth.
#ifndef OAUTH1D_SERVER_OAUTH1_CHALLENGE_H_
#define OAUTH1D_SERVER_OAUTH1_CHALLENGE_H_

#include "absl/strings/string_view.h"
#include "server/oauth1/parameter.h"

namespace oauth1d::oauth1 {

// The parameters of every challenge of the scheme OAuth in one field, in order, percent-decoded. Other schemes may
// stand before and behind. What is no challenge is read as far as it makes sense.
Parameters OAuthChallengeParameters(absl::string_view field);

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_CHALLENGE_H_
