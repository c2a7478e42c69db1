// Bytes to write into, uninitialized, that grow and are kept.
#ifndef OAUTH1D_SERVER_OAUTH1_ARENA_H_
#define OAUTH1D_SERVER_OAUTH1_ARENA_H_

#include <openssl/crypto.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>

namespace oauth1d::oauth1 {

class Arena {
 public:
  // Every room has so many bytes more than was asked for: writers work in whole blocks.
  static constexpr size_t kSlack = 64;

  // Where to write: room for `more` bytes behind the first `used`, which stay as they are but may have moved.
  char* Room(size_t used, size_t more) {
    const size_t needed = used + more + kSlack;
    if (needed > capacity_) Grow(used, needed);
    if (needed > touched_) touched_ = needed;
    return data_.get() + used;
  }

  const char* data() const { return data_.get(); }

  // Gives back what one huge request left behind. Nothing that was written stays.
  void Trim() {
    if (capacity_ <= kKept) return;
    Wipe();
    data_.reset();
    capacity_ = 0;
  }

  // Overwrites what was written since the last time.
  void Wipe() {
    if (touched_ > 0) OPENSSL_cleanse(data_.get(), touched_);
    touched_ = 0;
  }

 private:
  static constexpr size_t kLeast = 4096;
  static constexpr size_t kKept = size_t{1} << 18;

  void Grow(size_t used, size_t needed) {
    const size_t capacity = needed + needed / 2 + kLeast;
    std::unique_ptr<char[]> data(new char[capacity]);
    if (used > 0) std::memcpy(data.get(), data_.get(), used);
    const size_t touched = touched_;
    Wipe();
    touched_ = touched;
    data_ = std::move(data);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> data_;
  size_t capacity_ = 0;
  size_t touched_ = 0;  // bytes that may have been written
};

// Copies in whole blocks: a short text costs a few cycles, no call, and no branch that could be guessed wrong. Reads
// and writes up to 63 bytes beyond the end, which the slack of an Arena allows. Gives the end of what was written.
inline char* CopyBlocks(char* to, const char* from, size_t size) {
  constexpr size_t kBlock = 64;
  std::memcpy(to, from, kBlock);
  if (size > kBlock) std::memcpy(to + kBlock, from + kBlock, size - kBlock);
  return to + size;
}

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_ARENA_H_
