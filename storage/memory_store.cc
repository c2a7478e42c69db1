#include "storage/memory_store.h"

#include <utility>

#include "server/base/failure.h"

namespace oauth1d::storage {

MemoryStore::MemoryStore(std::shared_ptr<MemorySpace> space, Environment& environment)
    : space_(std::move(space)), environment_(environment) {}

Task<bool> MemoryStore::Put(std::string key, std::string value, absl::Duration ttl, Deadline deadline) {
  CO_RETURN_IF_ERROR(InTime(deadline));
  co_return space_->Put(std::move(key), std::move(value), ttl, environment_.Uptime());
}

Task<std::optional<Entry>> MemoryStore::Get(std::string key, Deadline deadline) {
  CO_RETURN_IF_ERROR(InTime(deadline));
  co_return space_->Get(key, environment_.Uptime());
}

Task<bool> MemoryStore::Swap(std::string key, std::string expected, std::string next, absl::Duration ttl,
                             Deadline deadline) {
  CO_RETURN_IF_ERROR(InTime(deadline));
  co_return space_->Swap(key, expected, std::move(next), ttl, environment_.Uptime());
}

Task<> MemoryStore::Erase(std::string key, Deadline deadline) {
  CO_RETURN_IF_ERROR(InTime(deadline));
  space_->Erase(key, environment_.Uptime());
  co_return absl::OkStatus();
}

absl::Status MemoryStore::KnownState() {
  if (!space_->WasFullWithin(absl::Seconds(1), environment_.Uptime())) return absl::OkStatus();
  return Fail(Reason::kStoreFull, "the store in memory is full");
}

absl::Status MemoryStore::InTime(Deadline deadline) const {
  if (!deadline.Passed(environment_)) return absl::OkStatus();
  return Fail(Reason::kDeadline, "the deadline had passed before the store was asked");
}

}  // namespace oauth1d::storage
