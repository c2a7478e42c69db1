// HMAC (RFC 2104) with a key that is kept.
#ifndef OAUTH1D_SERVER_OAUTH1_HMAC_H_
#define OAUTH1D_SERVER_OAUTH1_HMAC_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace oauth1d::oauth1 {

enum class HmacDigest { kSha1, kSha256, kSha512 };

// The digest's state after the key's block is kept, so that each text costs its own length alone, and no memory. It is
// as secret as the key, and is wiped. One thread at a time.
class KeyedHmac {
 public:
  static std::unique_ptr<KeyedHmac> Create(HmacDigest digest, absl::string_view key);

  virtual ~KeyedHmac() = default;
  KeyedHmac(const KeyedHmac&) = delete;
  KeyedHmac& operator=(const KeyedHmac&) = delete;

  // Replaces `base64` by the code of the text.
  virtual void Sign(absl::string_view text, std::string& base64) = 0;

 protected:
  KeyedHmac() = default;
};

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_HMAC_H_
