// How a store that lives elsewhere is doing.
#ifndef OAUTH1D_STORAGE_STORE_STATE_H_
#define OAUTH1D_STORAGE_STORE_STATE_H_

#include <functional>
#include <string>

namespace oauth1d::storage {

enum class StoreState {
  kConnecting,  // not known yet: calls wait for a moment
  kUp,          // it has passed its checks
  kDown,        // away, or it cannot serve now; retried in the background
  kUnsuitable,  // it answered, but must not be used: waiting mends nothing, an operator must. Retried all the same
};

// Told of each change of the state or of its reason, on the store's loop. `why` is for people: one line, no
// secret; with kUp it is empty, or a caution, or where the store is now.
using StateListener = std::function<void(StoreState state, std::string why)>;

}  // namespace oauth1d::storage

#endif  // OAUTH1D_STORAGE_STORE_STATE_H_
