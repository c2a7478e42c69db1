// OpenSSL 3 calls the functions of single digests deprecated. Its EVP_MAC allocates and frees twice a signature, and
// the whole of signing then takes a quarter longer.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "server/oauth1/hmac.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <array>
#include <cstring>

#include "absl/strings/escaping.h"

namespace oauth1d::oauth1 {
namespace {

struct Sha1 {
  using State = SHA_CTX;
  static constexpr size_t kBlock = SHA_CBLOCK;
  static constexpr size_t kSize = SHA_DIGEST_LENGTH;
  static constexpr auto kInit = SHA1_Init;
  static constexpr auto kUpdate = SHA1_Update;
  static constexpr auto kFinal = SHA1_Final;
};
struct Sha256 {
  using State = SHA256_CTX;
  static constexpr size_t kBlock = SHA256_CBLOCK;
  static constexpr size_t kSize = SHA256_DIGEST_LENGTH;
  static constexpr auto kInit = SHA256_Init;
  static constexpr auto kUpdate = SHA256_Update;
  static constexpr auto kFinal = SHA256_Final;
};
struct Sha512 {
  using State = SHA512_CTX;
  static constexpr size_t kBlock = SHA512_CBLOCK;
  static constexpr size_t kSize = SHA512_DIGEST_LENGTH;
  static constexpr auto kInit = SHA512_Init;
  static constexpr auto kUpdate = SHA512_Update;
  static constexpr auto kFinal = SHA512_Final;
};

template <typename Digest>
class KeyedHmacOf : public KeyedHmac {
 public:
  explicit KeyedHmacOf(absl::string_view key) {
    std::array<unsigned char, Digest::kBlock> block{};
    if (key.size() > block.size()) {
      Digest::kInit(&inner_);
      Digest::kUpdate(&inner_, key.data(), key.size());
      Digest::kFinal(block.data(), &inner_);
    } else if (!key.empty()) {
      std::memcpy(block.data(), key.data(), key.size());
    }
    constexpr unsigned char kInnerPad = 0x36;
    constexpr unsigned char kOuterPad = 0x5C;
    for (unsigned char& byte : block) byte ^= kInnerPad;
    Start(inner_, block);
    for (unsigned char& byte : block) byte ^= kInnerPad ^ kOuterPad;
    Start(outer_, block);
    OPENSSL_cleanse(block.data(), block.size());
  }

  ~KeyedHmacOf() override {
    OPENSSL_cleanse(&inner_, sizeof(inner_));
    OPENSSL_cleanse(&outer_, sizeof(outer_));
  }

  void Sign(absl::string_view text, std::string& base64) override {
    std::array<unsigned char, Digest::kSize> code;
    typename Digest::State state = inner_;
    Digest::kUpdate(&state, text.data(), text.size());
    Digest::kFinal(code.data(), &state);
    state = outer_;
    Digest::kUpdate(&state, code.data(), code.size());
    Digest::kFinal(code.data(), &state);
    OPENSSL_cleanse(&state, sizeof(state));
    absl::Base64Escape(absl::string_view(reinterpret_cast<const char*>(code.data()), code.size()), &base64);
  }

 private:
  static void Start(typename Digest::State& state, const std::array<unsigned char, Digest::kBlock>& block) {
    Digest::kInit(&state);
    Digest::kUpdate(&state, block.data(), block.size());
  }

  typename Digest::State inner_;
  typename Digest::State outer_;
};

}  // namespace

std::unique_ptr<KeyedHmac> KeyedHmac::Create(HmacDigest digest, absl::string_view key) {
  switch (digest) {
    case HmacDigest::kSha1:
      return std::make_unique<KeyedHmacOf<Sha1>>(key);
    case HmacDigest::kSha256:
      return std::make_unique<KeyedHmacOf<Sha256>>(key);
    case HmacDigest::kSha512:
      return std::make_unique<KeyedHmacOf<Sha512>>(key);
  }
  return nullptr;
}

}  // namespace oauth1d::oauth1
