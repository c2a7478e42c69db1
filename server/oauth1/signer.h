// Signs one request: the protocol parameters, the base string, the signature, and where they go on the wire.
#ifndef OAUTH1D_SERVER_OAUTH1_SIGNER_H_
#define OAUTH1D_SERVER_OAUTH1_SIGNER_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "server/base/secret.h"
#include "server/oauth1/parameter.h"
#include "server/oauth1/signature.h"
#include "server/oauth1/url.h"

namespace oauth1d::oauth1 {

// Where the protocol parameters go (RFC 5849 section 3.5).
enum class Placement { kHeader };

// As the configuration spells it: header.
absl::StatusOr<Placement> ParsePlacement(absl::string_view name);

// Token credentials, or temporary credentials where the exchange is signed with them.
struct TokenCredentials {
  std::string token;
  Secret secret;
};

// What one request is signed with and about.
struct SigningInput {
  std::string http_method;
  Url url;           // its query is signed
  std::string form;  // the encoded form body, if there is one: signed

  SignatureMethod method = SignatureMethod::kHmacSha1;
  Placement placement = Placement::kHeader;
  std::string realm;  // never signed
  std::string consumer_key;
  Secret consumer_secret;
  std::optional<TokenCredentials> token;
  std::string timestamp;  // seconds since 1970, in digits
  std::string nonce;
  std::optional<std::string> callback;  // oauth_callback
  std::optional<std::string> verifier;  // oauth_verifier
  bool send_version = true;             // oauth_version=1.0
};

// What came out. The request goes out with these bytes, or its signature does not hold.
struct SigningOutput {
  std::string base_string;
  std::string signature;      // base64, before percent-encoding
  std::string authorization;  // the value of the Authorization header field
};

// Errors: as ComputeSignature.
absl::StatusOr<SigningOutput> SignRequest(const SigningInput& input);

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_SIGNER_H_
