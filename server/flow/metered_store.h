// A store whose answers are measured.
#ifndef OAUTH1D_SERVER_FLOW_METERED_STORE_H_
#define OAUTH1D_SERVER_FLOW_METERED_STORE_H_

#include <optional>
#include <string>

#include "server/base/environment.h"
#include "server/ops/metrics.h"
#include "storage/key_value_store.h"

namespace oauth1d::flow {

// What a caller's deadline or cancellation ended says nothing of the store, and is not told. Used on one event loop.
class MeteredStore : public storage::KeyValueStore {
 public:
  // The referents outlive it.
  MeteredStore(storage::KeyValueStore& store, Environment& environment, ops::Metrics& metrics)
      : store_(store), environment_(environment), metrics_(metrics) {}

  Task<bool> Put(std::string key, std::string value, absl::Duration ttl, Deadline deadline) override;
  Task<std::optional<storage::Entry>> Get(std::string key, Deadline deadline) override;
  Task<bool> Swap(std::string key, std::string expected, std::string next, absl::Duration ttl,
                  Deadline deadline) override;
  Task<> Erase(std::string key, Deadline deadline) override;
  absl::Status KnownState() override { return store_.KnownState(); }

 private:
  void Tell(ops::StoreVerb verb, const absl::Status& status, absl::Duration begin);

  storage::KeyValueStore& store_;
  Environment& environment_;
  ops::Metrics& metrics_;
};

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_METERED_STORE_H_
