// Where secrets lie: memory that no core dump shows, no swap file keeps and no forked child inherits.
#ifndef OAUTH1D_SERVER_BASE_SECRET_MEMORY_H_
#define OAUTH1D_SERVER_BASE_SECRET_MEMORY_H_

#include <cstddef>

namespace oauth1d {

// `size` bytes, which may hold anything; null where `size` is 0. Pages are marked MADV_DONTDUMP and MADV_WIPEONFORK,
// and mlocked as far as RLIMIT_MEMLOCK lets. Throws std::bad_alloc as new does. Thread-safe.
char* NewSecretMemory(size_t size);

// Wipes it and takes it back. `size` as it was asked for.
void FreeSecretMemory(char* bytes, size_t size);

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_BASE_SECRET_MEMORY_H_
