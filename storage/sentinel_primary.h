// Redis Sentinel: asks several Sentinels who the primary is.
#ifndef OAUTH1D_STORAGE_SENTINEL_PRIMARY_H_
#define OAUTH1D_STORAGE_SENTINEL_PRIMARY_H_

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/base/environment.h"
#include "storage/redis_connection.h"
#include "storage/redis_primary.h"
#include "storage/sentinel_answer.h"

namespace oauth1d::storage {

// Keeps a connection to each Sentinel, so that one which is away costs no question any time, and asks all of them side
// by side. The answer of the highest configuration epoch counts, as it does among Sentinels themselves: one that was
// cut off together with an old primary is outvoted by any other. Once most have answered, the rest is not waited for.
class SentinelPrimary : public RedisPrimary {
 public:
  SentinelPrimary(boost::asio::io_context& loop, Environment& environment, const RedisSentinel& sentinel);

  void Start() override;
  void Stop() override;
  void SetCredentials(const RedisOptions& options) override;
  bool Moves() const override { return true; }
  Task<RedisAddress> Find(std::optional<RedisAddress> present) override;

 private:
  struct Sentinel {
    std::string address;
    std::shared_ptr<RedisConnection> connection;
  };
  struct Question;

  static Task<> Ask(std::shared_ptr<Question> question, Sentinel sentinel, std::string name, Deadline deadline);

  boost::asio::io_context& loop_;
  Environment& environment_;
  const std::string name_;
  std::vector<Sentinel> sentinels_;
};

}  // namespace oauth1d::storage

#endif  // OAUTH1D_STORAGE_SENTINEL_PRIMARY_H_
