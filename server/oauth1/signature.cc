#include "server/oauth1/signature.h"

#include <array>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/oauth1/encoded_bytes.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::oauth1 {
namespace {

struct MethodName {
  SignatureMethod method;
  absl::string_view name;
};
constexpr std::array<MethodName, 7> kMethods = {{{SignatureMethod::kHmacSha1, "HMAC-SHA1"},
                                                 {SignatureMethod::kHmacSha256, "HMAC-SHA256"},
                                                 {SignatureMethod::kHmacSha512, "HMAC-SHA512"},
                                                 {SignatureMethod::kRsaSha1, "RSA-SHA1"},
                                                 {SignatureMethod::kRsaSha256, "RSA-SHA256"},
                                                 {SignatureMethod::kRsaSha512, "RSA-SHA512"},
                                                 {SignatureMethod::kPlaintext, "PLAINTEXT"}}};

HmacDigest HmacDigestOf(SignatureMethod method) {
  if (method == SignatureMethod::kHmacSha1) return HmacDigest::kSha1;
  return method == SignatureMethod::kHmacSha256 ? HmacDigest::kSha256 : HmacDigest::kSha512;
}

RsaDigest RsaDigestOf(SignatureMethod method) {
  if (method == SignatureMethod::kRsaSha1) return RsaDigest::kSha1;
  return method == SignatureMethod::kRsaSha256 ? RsaDigest::kSha256 : RsaDigest::kSha512;
}

// RFC 5849 section 3.4.2: both secrets encoded, joined by '&' even where one is empty. Reserved before, so that
// no growing buffer leaves a copy behind.
Secret JoinedSecrets(const Secret& consumer_secret, const Secret& token_secret) {
  std::string joined;
  joined.reserve(3 * (consumer_secret.size() + token_secret.size()) + 1 + kEncodedSlack);
  AppendPercentEncoded(consumer_secret.Reveal(), joined);
  joined.push_back('&');
  AppendPercentEncoded(token_secret.Reveal(), joined);
  return Secret::Take(joined);
}

}  // namespace

absl::string_view SignatureMethodName(SignatureMethod method) { return kMethods[static_cast<size_t>(method)].name; }

absl::StatusOr<SignatureMethod> ParseSignatureMethod(absl::string_view name) {
  for (const MethodName& known : kMethods) {
    if (name == known.name) return known.method;
  }
  return absl::InvalidArgumentError(
      "is no signature method; there are HMAC-SHA1, HMAC-SHA256, HMAC-SHA512, RSA-SHA1, RSA-SHA256, RSA-SHA512, "
      "PLAINTEXT");
}

bool IsRsa(SignatureMethod method) { return absl::StartsWith(SignatureMethodName(method), "RSA-"); }

SigningKey::SigningKey(SignatureMethod method, Secret plaintext, std::unique_ptr<KeyedHmac> hmac,
                       std::shared_ptr<const RsaKey> rsa_key)
    : method_(method), plaintext_(std::move(plaintext)), hmac_(std::move(hmac)), rsa_key_(std::move(rsa_key)) {}

absl::StatusOr<SigningKey> SigningKey::Create(SignatureMethod method, const Secret& consumer_secret,
                                              const Secret& token_secret, std::shared_ptr<const RsaKey> rsa_key) {
  if (IsRsa(method)) {
    if (rsa_key == nullptr) return absl::InternalError(absl::StrCat(SignatureMethodName(method), " needs an RSA key"));
    return SigningKey(method, Secret(), nullptr, std::move(rsa_key));
  }
  Secret joined = JoinedSecrets(consumer_secret, token_secret);
  if (method == SignatureMethod::kPlaintext) return SigningKey(method, std::move(joined), nullptr, nullptr);
  return SigningKey(method, Secret(), KeyedHmac::Create(HmacDigestOf(method), joined.Reveal()), nullptr);
}

absl::Status SigningKey::Sign(absl::string_view base_string, std::string& signature) {
  if (method_ == SignatureMethod::kPlaintext) {
    signature.assign(plaintext_.Reveal().data(), plaintext_.size());
    return absl::OkStatus();
  }
  if (rsa_key_ != nullptr) {
    ASSIGN_OR_RETURN(const std::string bytes, rsa_key_->Sign(RsaDigestOf(method_), base_string));
    absl::Base64Escape(bytes, &signature);
    return absl::OkStatus();
  }
  hmac_->Sign(base_string, signature);
  return absl::OkStatus();
}

}  // namespace oauth1d::oauth1
