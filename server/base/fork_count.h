// Tells a process from the one that it was forked from.
#ifndef OAUTH1D_SERVER_BASE_FORK_COUNT_H_
#define OAUTH1D_SERVER_BASE_FORK_COUNT_H_

#include <cstdint>

namespace oauth1d {

// One more in a child than in its parent. Randomness that was drawn at another count belongs to the other process too.
// Counts fork(); not vfork or posix_spawn, whose children only exec. Thread-safe, and as cheap as reading a variable.
uint64_t ForkCount();

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_BASE_FORK_COUNT_H_
