#include "server/base/fork_count.h"

#include <pthread.h>

#include <atomic>

namespace oauth1d {
namespace {

std::atomic<uint64_t> fork_count = 0;

}  // namespace

uint64_t ForkCount() {
  static const int registered =
      pthread_atfork(nullptr, nullptr, [] { fork_count.fetch_add(1, std::memory_order_relaxed); });
  static_cast<void>(registered);
  return fork_count.load(std::memory_order_relaxed);
}

}  // namespace oauth1d
