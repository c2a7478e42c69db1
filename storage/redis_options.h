// How to reach a Redis server, and as whom.
#ifndef OAUTH1D_STORAGE_REDIS_OPTIONS_H_
#define OAUTH1D_STORAGE_REDIS_OPTIONS_H_

#include <string>

#include "server/base/secret.h"

namespace oauth1d::storage {

struct RedisOptions {
  RedisOptions() = default;
  explicit RedisOptions(std::string address) : address(std::move(address)) {}

  std::string address;   // as ParseRedisAddress reads it
  std::string username;  // empty: the default user
  Secret password;       // empty, with an empty username: no AUTH is sent
};

}  // namespace oauth1d::storage

#endif  // OAUTH1D_STORAGE_REDIS_OPTIONS_H_
