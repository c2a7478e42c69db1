// The signature methods (RFC 5849 section 3.4, and their SHA-2 kin).
#ifndef OAUTH1D_SERVER_OAUTH1_SIGNATURE_H_
#define OAUTH1D_SERVER_OAUTH1_SIGNATURE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/secret.h"
#include "server/oauth1/hmac.h"
#include "server/oauth1/rsa_key.h"

namespace oauth1d::oauth1 {

enum class SignatureMethod { kHmacSha1, kHmacSha256, kHmacSha512, kRsaSha1, kRsaSha256, kRsaSha512, kPlaintext };

// As the RFC spells it: HMAC-SHA1.
absl::string_view SignatureMethodName(SignatureMethod method);
// kInvalidArgument that lists the methods there are.
absl::StatusOr<SignatureMethod> ParseSignatureMethod(absl::string_view name);
bool IsRsa(SignatureMethod method);

// What one consumer and one token sign with. Making one costs a third of a signature: keep it where it is used again.
// One thread at a time.
class SigningKey {
 public:
  // A request without a token signs with an empty `token_secret`. `rsa_key` is needed by the RSA methods alone, which
  // do not use the secrets.
  // Errors: kInternal if an RSA method has no RSA key.
  static absl::StatusOr<SigningKey> Create(SignatureMethod method, const Secret& consumer_secret,
                                           const Secret& token_secret, std::shared_ptr<const RsaKey> rsa_key);

  SignatureMethod method() const { return method_; }
  // Replaces `signature` by oauth_signature as it is before percent-encoding: base64; for PLAINTEXT the joined secrets.
  // Errors: kInternal if the library fails, which only RSA can.
  absl::Status Sign(absl::string_view base_string, std::string& signature);

 private:
  SigningKey(SignatureMethod method, Secret plaintext, std::unique_ptr<KeyedHmac> hmac,
             std::shared_ptr<const RsaKey> rsa_key);

  SignatureMethod method_;
  Secret plaintext_;  // PLAINTEXT alone
  std::unique_ptr<KeyedHmac> hmac_;
  std::shared_ptr<const RsaKey> rsa_key_;
};

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_SIGNATURE_H_
