#include "server/oauth1/body_hash.h"

#include <openssl/evp.h>

#include "absl/strings/escaping.h"

namespace oauth1d::oauth1 {

absl::StatusOr<BodyHash> ParseBodyHash(absl::string_view name) {
  if (name == "none") return BodyHash::kNone;
  if (name == "sha1") return BodyHash::kSha1;
  if (name == "sha256") return BodyHash::kSha256;
  return absl::InvalidArgumentError("is no body hash; there are none, sha1, sha256");
}

std::string ComputeBodyHash(BodyHash hash, absl::string_view body) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(body.data(), body.size(), digest, &size, hash == BodyHash::kSha1 ? EVP_sha1() : EVP_sha256(), nullptr);
  return absl::Base64Escape(absl::string_view(reinterpret_cast<const char*>(digest), size));
}

}  // namespace oauth1d::oauth1
