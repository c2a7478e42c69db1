#include "server/flow/nonce.h"

#include "server/base/fork_count.h"
#include "server/base/status_macros.h"

namespace oauth1d::flow {
namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr unsigned kLetters = sizeof(kAlphabet) - 1;
constexpr unsigned kEvenlyDivided = 256 - 256 % kLetters;  // bytes from here on would favour the first letters
constexpr size_t kLength = 22;
constexpr size_t kPool = size_t{4} * 1024;

}  // namespace

absl::StatusOr<std::string> Nonces::Next() {
  std::string nonce;
  nonce.reserve(kLength);
  const uint64_t process = ForkCount();
  while (nonce.size() < kLength) {
    if (used_ == pool_.size() || process_ != process) {
      ASSIGN_OR_RETURN(pool_, environment_.RandomBytes(kPool));
      used_ = 0;
      process_ = process;
    }
    const auto byte = static_cast<unsigned char>(pool_[used_++]);
    if (byte < kEvenlyDivided) nonce.push_back(kAlphabet[byte % kLetters]);
  }
  return nonce;
}

}  // namespace oauth1d::flow
