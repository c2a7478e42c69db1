// Where a Redis server listens.
#ifndef OAUTH1D_STORAGE_REDIS_ADDRESS_H_
#define OAUTH1D_STORAGE_REDIS_ADDRESS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace oauth1d::storage {

struct RedisAddress {
  std::string path;  // of a Unix socket; then host and port are not set
  std::string host;  // a name, or an IP address without brackets
  uint16_t port = 0;

  friend bool operator==(const RedisAddress&, const RedisAddress&) = default;
};

// Reads `host:port`, `[IPv6 address]:port` or `unix:/path`. kInvalidArgument (a plain one, without a reason) for
// anything else.
absl::StatusOr<RedisAddress> ParseRedisAddress(absl::string_view text);

// The same text again.
std::string ToString(const RedisAddress& address);

}  // namespace oauth1d::storage

#endif  // OAUTH1D_STORAGE_REDIS_ADDRESS_H_
