#include "server/sealing/log_id.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "absl/strings/escaping.h"

namespace oauth1d::sealing {
namespace {

std::string HmacSha256(absl::string_view key, absl::string_view text) {
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
           text.size(), mac, &size) == nullptr) {
    return "";
  }
  return std::string(reinterpret_cast<const char*>(mac), size);
}

}  // namespace

std::string LogId(const Keyring& keyring, absl::string_view text) {
  std::string derived = HmacSha256(keyring.active().key.Reveal(), "oauth1d log ids");
  const Secret key = Secret::Take(derived);
  return absl::BytesToHexString(HmacSha256(key.Reveal(), text).substr(0, 8));
}

}  // namespace oauth1d::sealing
