// The data behind the memory stores of one process.
#ifndef OAUTH1D_STORAGE_MEMORY_SPACE_H_
#define OAUTH1D_STORAGE_MEMORY_SPACE_H_

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/key_value_store.h"

namespace oauth1d::storage {

// Thread-safe. `now` is Environment::Uptime, the same clock in every call.
//
// Bounded: once its records fill `max_bytes`, Put fails and Swap goes on, as on a full Redis. No call pauses for
// all of them: the trees never rehash, and what has expired is dropped a few records a call.
class MemorySpace {
 public:
  static constexpr size_t kDefaultMaxBytes = size_t{256} << 20;

  explicit MemorySpace(size_t max_bytes = kDefaultMaxBytes) : max_bytes_(max_bytes) {}
  MemorySpace(const MemorySpace&) = delete;
  MemorySpace& operator=(const MemorySpace&) = delete;

  // The verbs of KeyValueStore.
  absl::StatusOr<bool> Put(std::string key, std::string value, absl::Duration ttl, absl::Duration now);
  std::optional<Entry> Get(const std::string& key, absl::Duration now);
  bool Swap(const std::string& key, const std::string& expected, std::string next, absl::Duration ttl,
            absl::Duration now);
  void Erase(const std::string& key, absl::Duration now);

  // Whether a Put was refused as full within the last `time`.
  bool WasFullWithin(absl::Duration time, absl::Duration now);

  // What the records take, the trees' own nodes included (estimated).
  size_t bytes();
  // How many there are, expired ones that were not dropped yet included.
  size_t size();

 private:
  struct Record {
    std::string value;
    absl::Duration expires;
  };
  using Records = std::map<std::string, Record>;

  static size_t Footprint(const std::string& key, const std::string& value);
  void SetExpiry(Records::iterator record, absl::Duration expires);
  void Drop(Records::iterator record);
  // Drops the record that expired first, if any has.
  bool DropOneExpired(absl::Duration now);
  // What every call does for the ones before it.
  void DropSomeExpired(absl::Duration now);
  // end() where it is not there or has expired.
  Records::iterator Find(const std::string& key, absl::Duration now);

  const size_t max_bytes_;
  std::mutex mutex_;
  Records records_;
  std::set<std::pair<absl::Duration, const std::string*>> by_expiry_;  // points at the keys in records_
  size_t bytes_ = 0;
  std::optional<absl::Duration> refused_at_;
};

}  // namespace oauth1d::storage

#endif  // OAUTH1D_STORAGE_MEMORY_SPACE_H_
