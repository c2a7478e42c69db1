// The Authorization header field (RFC 5849 section 3.5.1).
#ifndef OAUTH1D_SERVER_OAUTH1_AUTHORIZATION_HEADER_H_
#define OAUTH1D_SERVER_OAUTH1_AUTHORIZATION_HEADER_H_

#include <string>

#include "absl/strings/string_view.h"
#include "server/oauth1/parameter.h"

namespace oauth1d::oauth1 {

// `OAuth realm="…", oauth_consumer_key="…", …`: realm first where there is one, names and values encoded,
// ", " between them (some providers refuse a bare comma). The realm is a quoted string and is not encoded.
std::string AuthorizationHeader(absl::string_view realm, const Parameters& protocol);

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_AUTHORIZATION_HEADER_H_
