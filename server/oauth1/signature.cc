#include "server/oauth1/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::oauth1 {
namespace {

// RFC 5849 section 3.4.2: both secrets encoded, joined by '&' even where one is empty. Reserved before, so that
// no growing buffer leaves a copy behind.
Secret SigningKey(const Secret& consumer_secret, const Secret& token_secret) {
  std::string key;
  key.reserve(3 * (consumer_secret.size() + token_secret.size()) + 1);
  AppendPercentEncoded(consumer_secret.Reveal(), key);
  key.push_back('&');
  AppendPercentEncoded(token_secret.Reveal(), key);
  return Secret::Take(key);
}

absl::StatusOr<std::string> Hmac(const EVP_MD* digest, absl::string_view text, const Secret& key) {
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (HMAC(digest, key.Reveal().data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size) == nullptr) {
    return absl::InternalError("HMAC failed");
  }
  return absl::Base64Escape(absl::string_view(reinterpret_cast<const char*>(mac), size));
}

}  // namespace

absl::string_view SignatureMethodName(SignatureMethod method) {
  switch (method) {
    case SignatureMethod::kHmacSha1:
      return "HMAC-SHA1";
  }
  return "";
}

absl::StatusOr<SignatureMethod> ParseSignatureMethod(absl::string_view name) {
  if (name == SignatureMethodName(SignatureMethod::kHmacSha1)) return SignatureMethod::kHmacSha1;
  return absl::InvalidArgumentError("is no signature method of this version; there is HMAC-SHA1");
}

absl::StatusOr<std::string> ComputeSignature(SignatureMethod method, absl::string_view base_string,
                                             const Secret& consumer_secret, const Secret& token_secret) {
  const Secret key = SigningKey(consumer_secret, token_secret);
  switch (method) {
    case SignatureMethod::kHmacSha1:
      return Hmac(EVP_sha1(), base_string, key);
  }
  return absl::InternalError("no such signature method");
}

}  // namespace oauth1d::oauth1
