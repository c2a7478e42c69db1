#include "server/base/secret_memory.h"

#include <openssl/crypto.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <bit>
#include <mutex>
#include <new>
#include <vector>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OAUTH1D_WITH_ASAN
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define OAUTH1D_WITH_ASAN
#endif
#ifdef OAUTH1D_WITH_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size)
#define ASAN_UNPOISON_MEMORY_REGION(address, size)
#endif

namespace oauth1d {
namespace {

constexpr size_t kSmallestSlot = 32;
constexpr size_t kLargestSlot = size_t{16} << 10;  // a mapping of its own takes 30 us
constexpr size_t kClasses = std::bit_width(kLargestSlot / kSmallestSlot);
constexpr size_t kSlabSize = size_t{64} << 10;

char* MapPages(size_t size) {
  void* const pages = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  // As far as the system goes along: a secret that may be swapped is better than no service.
  madvise(pages, size, MADV_DONTDUMP);
  madvise(pages, size, MADV_WIPEONFORK);
  mlock(pages, size);
  return static_cast<char*>(pages);
}

// Slots of one size. Those that are free are all zero, and AddressSanitizer knows that nobody may touch them.
class SlotClass {
 public:
  char* Take(size_t slot_size) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (free_.empty()) AddSlab(slot_size);
    char* const slot = free_.back();
    free_.pop_back();
    return slot;
  }

  void Return(char* slot) {
    const std::lock_guard<std::mutex> lock(mutex_);
    free_.push_back(slot);  // has room: every slot stood here once
  }

 private:
  void AddSlab(size_t slot_size) {
    slots_ += kSlabSize / slot_size;
    free_.reserve(slots_);
    char* const slab = MapPages(kSlabSize);
    ASAN_POISON_MEMORY_REGION(slab, kSlabSize);
    for (size_t end = kSlabSize; end > 0; end -= slot_size) free_.push_back(slab + end - slot_size);
  }

  std::mutex mutex_;
  std::vector<char*> free_;
  size_t slots_ = 0;  // in all
};

size_t ClassOf(size_t size) { return std::bit_width((std::max(size, kSmallestSlot) - 1) / kSmallestSlot); }

SlotClass& Slots(size_t slot_class) {
  // For good: a secret may outlive every static object.
  static auto* const classes = new std::array<SlotClass, kClasses>;
  return (*classes)[slot_class];
}

}  // namespace

char* NewSecretMemory(size_t size) {
  if (size == 0) return nullptr;
  if (size > kLargestSlot) return MapPages(size);
  const size_t slot_class = ClassOf(size);
  char* const slot = Slots(slot_class).Take(kSmallestSlot << slot_class);
  ASAN_UNPOISON_MEMORY_REGION(slot, size);
  return slot;
}

void FreeSecretMemory(char* bytes, size_t size) {
  if (bytes == nullptr) return;
  OPENSSL_cleanse(bytes, size);
  if (size > kLargestSlot) {
    munmap(bytes, size);
    return;
  }
  ASAN_POISON_MEMORY_REGION(bytes, size);
  Slots(ClassOf(size)).Return(bytes);
}

}  // namespace oauth1d
