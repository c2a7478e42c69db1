#include "storage/memory_space.h"

#include <algorithm>

#include "server/base/failure.h"

namespace oauth1d::storage {
namespace {

// Two tree nodes and their heap blocks, beside the bytes of key and value.
constexpr size_t kRecordOverhead = 224;
// More than the one record that a call can add, so what has expired never piles up.
constexpr int kDropsPerCall = 4;

absl::Duration ExpiryAt(absl::Duration ttl, absl::Duration now) { return now + std::max(ttl, absl::Milliseconds(1)); }

}  // namespace

absl::StatusOr<bool> MemorySpace::Put(std::string key, std::string value, absl::Duration ttl, absl::Duration now) {
  const std::lock_guard<std::mutex> lock(mutex_);
  DropSomeExpired(now);
  if (Find(key, now) != records_.end()) return false;
  // Find may have left an expired record of this key in its place.
  if (const auto expired = records_.find(key); expired != records_.end()) Drop(expired);
  const size_t footprint = Footprint(key, value);
  // Each drop here was paid for by the Put that made the record.
  while (bytes_ + footprint > max_bytes_ && DropOneExpired(now)) continue;
  if (bytes_ + footprint > max_bytes_) {
    refused_at_ = now;
    return Fail(Reason::kStoreFull, "the store in memory is full");
  }
  bytes_ += footprint;
  const absl::Duration expires = ExpiryAt(ttl, now);
  const auto record = records_.try_emplace(std::move(key), Record{std::move(value), expires}).first;
  by_expiry_.emplace(expires, &record->first);
  return true;
}

std::optional<Entry> MemorySpace::Get(const std::string& key, absl::Duration now) {
  const std::lock_guard<std::mutex> lock(mutex_);
  DropSomeExpired(now);
  const auto record = Find(key, now);
  if (record == records_.end()) return std::nullopt;
  return Entry{record->second.value, record->second.expires - now};
}

bool MemorySpace::Swap(const std::string& key, const std::string& expected, std::string next, absl::Duration ttl,
                       absl::Duration now) {
  const std::lock_guard<std::mutex> lock(mutex_);
  DropSomeExpired(now);
  const auto record = Find(key, now);
  if (record == records_.end() || record->second.value != expected) return false;
  bytes_ -= Footprint(key, record->second.value);
  bytes_ += Footprint(key, next);
  record->second.value = std::move(next);
  SetExpiry(record, ExpiryAt(ttl, now));
  return true;
}

void MemorySpace::Erase(const std::string& key, absl::Duration now) {
  const std::lock_guard<std::mutex> lock(mutex_);
  DropSomeExpired(now);
  if (const auto record = records_.find(key); record != records_.end()) Drop(record);
}

bool MemorySpace::WasFullWithin(absl::Duration time, absl::Duration now) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return refused_at_.has_value() && now - *refused_at_ < time;
}

size_t MemorySpace::bytes() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return bytes_;
}

size_t MemorySpace::size() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return records_.size();
}

size_t MemorySpace::Footprint(const std::string& key, const std::string& value) {
  return key.size() + value.size() + kRecordOverhead;
}

void MemorySpace::SetExpiry(Records::iterator record, absl::Duration expires) {
  by_expiry_.erase({record->second.expires, &record->first});
  record->second.expires = expires;
  by_expiry_.emplace(expires, &record->first);
}

void MemorySpace::Drop(Records::iterator record) {
  bytes_ -= Footprint(record->first, record->second.value);
  by_expiry_.erase({record->second.expires, &record->first});
  records_.erase(record);
}

bool MemorySpace::DropOneExpired(absl::Duration now) {
  if (by_expiry_.empty() || by_expiry_.begin()->first > now) return false;
  Drop(records_.find(*by_expiry_.begin()->second));
  return true;
}

void MemorySpace::DropSomeExpired(absl::Duration now) {
  for (int i = 0; i < kDropsPerCall && DropOneExpired(now); ++i) continue;
}

MemorySpace::Records::iterator MemorySpace::Find(const std::string& key, absl::Duration now) {
  const auto record = records_.find(key);
  return record != records_.end() && record->second.expires > now ? record : records_.end();
}

}  // namespace oauth1d::storage
