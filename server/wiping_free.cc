// Memory that is given back is overwritten, whoever gives it back: gRPC, protobuf and OpenSSL keep copies of messages
// that no Secret owns. tests/e2e/hardening_test.py looks for what is left. Costs less than can be measured on a
// request.
//
// glibc lets a program bring these two of its own. A sanitizer brings its own as well, and then this stays out.
#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OAUTH1D_ALLOCATOR_IS_TAKEN
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define OAUTH1D_ALLOCATOR_IS_TAKEN
#endif

#if !defined(OAUTH1D_ALLOCATOR_IS_TAKEN)

extern "C" {

void __libc_free(void* block) noexcept;          // NOLINT(bugprone-reserved-identifier)
void* __libc_malloc(std::size_t size) noexcept;  // NOLINT(bugprone-reserved-identifier)

void free(void* block) noexcept {
  if (block == nullptr) return;
  explicit_bzero(block, malloc_usable_size(block));
  __libc_free(block);
}

// Always by a copy, since glibc's own would leave the old block behind as it was.
void* realloc(void* block, std::size_t size) noexcept {
  if (block == nullptr) return __libc_malloc(size);
  if (size == 0) {
    free(block);
    return nullptr;
  }
  const std::size_t old_size = malloc_usable_size(block);
  if (size <= old_size && size > old_size / 2) return block;
  void* const moved = __libc_malloc(size);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, block, std::min(old_size, size));
  free(block);
  return moved;
}

}  // extern "C"

#endif
