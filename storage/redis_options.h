// How to reach a Redis server, and as whom.
#ifndef OAUTH1D_STORAGE_REDIS_OPTIONS_H_
#define OAUTH1D_STORAGE_REDIS_OPTIONS_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/base/secret.h"

namespace oauth1d::storage {

// TLS 1.2 or later; the server's certificate and name are checked always.
struct RedisTls {
  std::string ca_pem;           // empty: the system's roots
  std::string certificate_pem;  // ours; empty: none
  Secret private_key_pem;
  std::string
      server_name;  // that the certificate must have: a name, or an IP address; empty: the host that Sentinel names
};

// Sentinels that know the primary by a name.
struct RedisSentinel {
  std::vector<std::string> addresses;  // host:port each
  std::string primary;
  std::string username;  // for the Sentinels themselves, as below
  Secret password;
  std::optional<RedisTls> tls;  // without a name: each one's own host
};

enum class RedisKind { kStore, kSentinel };

struct RedisOptions {
  RedisOptions() = default;
  explicit RedisOptions(std::string address) : address(std::move(address)) {}

  RedisKind kind = RedisKind::kStore;     // what answers there
  std::string address;                    // as ParseRedisAddress reads it
  std::optional<RedisSentinel> sentinel;  // in place of the address
  std::string username;                   // empty: the default user
  Secret password;                        // empty, with an empty username: no AUTH is sent
  std::optional<RedisTls> tls;
};

}  // namespace oauth1d::storage

#endif  // OAUTH1D_STORAGE_REDIS_OPTIONS_H_
