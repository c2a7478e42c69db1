#include "server/flow/metered_store.h"

#include <utility>

namespace oauth1d::flow {

Task<bool> MeteredStore::Put(std::string key, std::string value, absl::Duration ttl, Deadline deadline) {
  const absl::Duration begin = environment_.Uptime();
  absl::StatusOr<bool> put = co_await store_.Put(std::move(key), std::move(value), ttl, deadline);
  Tell(ops::StoreVerb::kPut, put.status(), begin);
  co_return put;
}

Task<std::optional<storage::Entry>> MeteredStore::Get(std::string key, Deadline deadline) {
  const absl::Duration begin = environment_.Uptime();
  absl::StatusOr<std::optional<storage::Entry>> entry = co_await store_.Get(std::move(key), deadline);
  Tell(ops::StoreVerb::kGet, entry.status(), begin);
  co_return entry;
}

Task<bool> MeteredStore::Swap(std::string key, std::string expected, std::string next, absl::Duration ttl,
                              Deadline deadline) {
  const absl::Duration begin = environment_.Uptime();
  absl::StatusOr<bool> swapped =
      co_await store_.Swap(std::move(key), std::move(expected), std::move(next), ttl, deadline);
  Tell(ops::StoreVerb::kSwap, swapped.status(), begin);
  co_return swapped;
}

Task<> MeteredStore::Erase(std::string key, Deadline deadline) {
  const absl::Duration begin = environment_.Uptime();
  absl::Status erased = co_await store_.Erase(std::move(key), deadline);
  Tell(ops::StoreVerb::kErase, erased, begin);
  co_return erased;
}

void MeteredStore::Tell(ops::StoreVerb verb, const absl::Status& status, absl::Duration begin) {
  if (absl::IsCancelled(status) || absl::IsDeadlineExceeded(status)) return;
  metrics_.StoreAnswered(verb, status.ok(), environment_.Uptime() - begin);
}

}  // namespace oauth1d::flow
