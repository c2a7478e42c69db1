#include "server/flow/nonce.h"

#include "server/base/status_macros.h"

namespace oauth1d::flow {

absl::StatusOr<std::string> NewNonce(Environment& environment) {
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  constexpr unsigned kLetters = sizeof(kAlphabet) - 1;
  constexpr unsigned kEvenlyDivided = 256 - 256 % kLetters;  // bytes from here on would favour the first letters
  constexpr size_t kLength = 22;
  std::string nonce;
  while (nonce.size() < kLength) {
    ASSIGN_OR_RETURN(const std::string bytes, environment.RandomBytes(kLength + 6));
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < kEvenlyDivided && nonce.size() < kLength) nonce.push_back(kAlphabet[byte % kLetters]);
    }
  }
  return nonce;
}

}  // namespace oauth1d::flow
