// What a Sentinel says of a primary: read with care, and weighed against what others say.
#ifndef OAUTH1D_STORAGE_SENTINEL_ANSWER_H_
#define OAUTH1D_STORAGE_SENTINEL_ANSWER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/redis_address.h"
#include "storage/redis_protocol.h"

namespace oauth1d::storage {

struct SentinelAnswer {
  std::optional<RedisAddress> address;  // none: it knows no primary of that name
  uint64_t epoch = 0;                   // of the failover that made it primary
};

// From the replies to SENTINEL MASTER and SENTINEL GET-MASTER-ADDR-BY-NAME. kUnavailable, for people: it is refused, or
// no host and port.
absl::StatusOr<SentinelAnswer> ReadSentinelAnswer(const Reply& master, const Reply& address);

// The address of the highest epoch; of several, `present` if it is among them, else the first. kUnavailable: none
// knows a primary called `name`. There is at least one answer.
absl::StatusOr<RedisAddress> BestOf(const std::vector<SentinelAnswer>& answers,
                                    const std::optional<RedisAddress>& present, absl::string_view name);

}  // namespace oauth1d::storage

#endif  // OAUTH1D_STORAGE_SENTINEL_ANSWER_H_
