// The nonce of a request.
#ifndef OAUTH1D_SERVER_FLOW_NONCE_H_
#define OAUTH1D_SERVER_FLOW_NONCE_H_

#include <string>

#include "absl/status/statusor.h"
#include "server/base/environment.h"

namespace oauth1d::flow {

// oauth_nonce (RFC 5849 section 3.3): 22 of [A-Za-z0-9], 131 bits, without modulo bias. Letters and digits,
// because oauthlib's default refuses '-' and '_'; 22, because it refuses more than 30. Errors: kInternal.
absl::StatusOr<std::string> NewNonce(Environment& environment);

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_NONCE_H_
