// The signature methods (RFC 5849 section 3.4).
#ifndef OAUTH1D_SERVER_OAUTH1_SIGNATURE_H_
#define OAUTH1D_SERVER_OAUTH1_SIGNATURE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/secret.h"

namespace oauth1d::oauth1 {

enum class SignatureMethod { kHmacSha1 };

// As the RFC spells it: HMAC-SHA1.
absl::string_view SignatureMethodName(SignatureMethod method);
// kInvalidArgument that lists the methods there are.
absl::StatusOr<SignatureMethod> ParseSignatureMethod(absl::string_view name);

// oauth_signature as it is before percent-encoding: base64. A request without a token signs with an empty
// `token_secret`. Errors: kInternal if the library fails.
absl::StatusOr<std::string> ComputeSignature(SignatureMethod method, absl::string_view base_string,
                                             const Secret& consumer_secret, const Secret& token_secret);

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_SIGNATURE_H_
