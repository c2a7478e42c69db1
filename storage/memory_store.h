// The store of a service that runs once: in its own memory, gone when it ends.
#ifndef OAUTH1D_STORAGE_MEMORY_STORE_H_
#define OAUTH1D_STORAGE_MEMORY_STORE_H_

#include <memory>
#include <optional>
#include <string>

#include "server/base/environment.h"
#include "storage/key_value_store.h"
#include "storage/memory_space.h"

namespace oauth1d::storage {

// One event loop's view of a space that all loops share. Never unavailable, and no call waits.
class MemoryStore : public KeyValueStore {
 public:
  MemoryStore(std::shared_ptr<MemorySpace> space, Environment& environment);

  Task<bool> Put(std::string key, std::string value, absl::Duration ttl, Deadline deadline) override;
  Task<std::optional<Entry>> Get(std::string key, Deadline deadline) override;
  Task<bool> Swap(std::string key, std::string expected, std::string next, absl::Duration ttl,
                  Deadline deadline) override;
  Task<> Erase(std::string key, Deadline deadline) override;
  absl::Status KnownState() override;

 private:
  absl::Status InTime(Deadline deadline) const;

  const std::shared_ptr<MemorySpace> space_;
  Environment& environment_;
};

}  // namespace oauth1d::storage

#endif  // OAUTH1D_STORAGE_MEMORY_STORE_H_
