#include "server/flow/timestamps.h"

#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/flow/flow_records.h"
#include "server/sealing/envelope.h"

namespace oauth1d::flow {
namespace {

constexpr absl::Duration kLife = absl::Hours(24);
// As far as a provider's clock is believed to be from ours: another replica may have learned it.
constexpr int64_t kMostAhead = 3600;
// Others write only when the second changes, so a race is lost a few times at most.
constexpr int kMostTries = 8;

std::string KeyOf(const providers::Client& client, const std::string& token) {
  std::string who;
  for (const std::string& part : {client.provider->name, client.consumer->key, token}) {
    absl::StrAppend(&who, part.size(), ":", part);
  }
  return absl::StrCat("oauth1d:timestamp:", absl::WebSafeBase64Escape(Sha256(who)));
}

// Sealed, so that a writer of the store cannot set the clock.
sealing::Lock LockOf(const std::string& key) { return sealing::Lock{sealing::Kind::kTimestamp, key, {}}; }

int64_t LastIn(const std::optional<storage::Entry>& entry, const sealing::Keyring& keyring, const std::string& key) {
  if (!entry.has_value()) return 0;
  const absl::StatusOr<std::string> text = sealing::Open(keyring, LockOf(key), entry->value);
  int64_t last = 0;
  // What does not open, after a change of keys or of hands, is written over.
  if (!text.ok() || !absl::SimpleAtoi(*text, &last)) return 0;
  return last;
}

}  // namespace

Task<int64_t> NextTimestamp(Backends backends, providers::Client client, std::string token, int64_t now,
                            bool last_was_wrong, Call call) {
  const std::string key = KeyOf(client, token);
  for (int tries = 0; tries < kMostTries; ++tries) {
    CO_ASSIGN_OR_RETURN(const std::optional<storage::Entry> entry, co_await backends.store.Get(key, call.deadline));
    const int64_t last = LastIn(entry, *call.keyring, key);
    if (!last_was_wrong && last >= now && last <= now + kMostAhead) co_return last;
    CO_ASSIGN_OR_RETURN(std::string next,
                        sealing::Seal(*call.keyring, LockOf(key), absl::StrCat(now), backends.environment));
    bool written = false;
    if (entry.has_value()) {
      CO_ASSIGN_OR_RETURN(written,
                          co_await backends.store.Swap(key, entry->value, std::move(next), kLife, call.deadline));
    } else {
      CO_ASSIGN_OR_RETURN(written, co_await backends.store.Put(key, std::move(next), kLife, call.deadline));
    }
    if (written) co_return now;
  }
  co_return now;  // others of the same second won each time
}

}  // namespace oauth1d::flow
