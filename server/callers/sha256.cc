#include "server/callers/sha256.h"

#include <openssl/sha.h>

namespace oauth1d::callers {

Sha256Digest Sha256(absl::string_view text) {
  Sha256Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

}  // namespace oauth1d::callers
