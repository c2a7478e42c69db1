// Where the Redis server is that takes writes.
#ifndef OAUTH1D_STORAGE_REDIS_PRIMARY_H_
#define OAUTH1D_STORAGE_REDIS_PRIMARY_H_

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>

#include "server/base/environment.h"
#include "server/base/task.h"
#include "storage/redis_address.h"
#include "storage/redis_options.h"

namespace oauth1d::storage {

// Used on one event loop. Asked before each connection, and, where the server may move, while one stands.
class RedisPrimary {
 public:
  virtual ~RedisPrimary() = default;

  virtual void Start() {}
  // For good.
  virtual void Stop() {}
  // How to ask from now on.
  virtual void SetCredentials(const RedisOptions& /*options*/) {}

  // Whether the answer can change.
  virtual bool Moves() const = 0;
  // The server to talk to, within RedisConnection::kAnswerTime. `present`, where it is as good an answer as another,
  // is kept. Errors, for people: kInvalidArgument: waiting mends nothing; kUnavailable: not known now.
  virtual Task<RedisAddress> Find(std::optional<RedisAddress> present) = 0;
};

// options.address, or what options.sentinel says.
std::unique_ptr<RedisPrimary> NewPrimary(boost::asio::io_context& loop, Environment& environment,
                                         const RedisOptions& options);

}  // namespace oauth1d::storage

#endif  // OAUTH1D_STORAGE_REDIS_PRIMARY_H_
