#include "server/base/secret.h"

#include <openssl/crypto.h>

#include <cstring>
#include <utility>

#include "server/base/secret_memory.h"

namespace oauth1d {

Secret::Secret(absl::string_view bytes) : bytes_(NewSecretMemory(bytes.size())), size_(bytes.size()) {
  if (!bytes.empty()) std::memcpy(bytes_, bytes.data(), bytes.size());
}

Secret Secret::Take(std::string& text) {
  Secret secret{absl::string_view(text)};
  WipeText(text);
  return secret;
}

Secret::Secret(const Secret& other) : Secret(other.Reveal()) {}

Secret::Secret(Secret&& other) noexcept
    : bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) *this = Secret(other);
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    FreeSecretMemory(bytes_, size_);
    bytes_ = std::exchange(other.bytes_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

Secret::~Secret() { FreeSecretMemory(bytes_, size_); }

bool EqualInConstantTime(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void WipeText(std::string& text) {
  text.resize(text.capacity());
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace oauth1d
