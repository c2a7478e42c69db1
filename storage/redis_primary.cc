#include "storage/redis_primary.h"

#include <utility>

#include "storage/sentinel_primary.h"

namespace oauth1d::storage {
namespace {

class OneAddress : public RedisPrimary {
 public:
  explicit OneAddress(std::string address) : address_(std::move(address)) {}

  bool Moves() const override { return false; }
  Task<RedisAddress> Find(std::optional<RedisAddress> /*present*/) override { co_return ParseRedisAddress(address_); }

 private:
  const std::string address_;
};

}  // namespace

std::unique_ptr<RedisPrimary> NewPrimary(boost::asio::io_context& loop, Environment& environment,
                                         const RedisOptions& options) {
  if (!options.sentinel.has_value()) return std::make_unique<OneAddress>(options.address);
  return std::make_unique<SentinelPrimary>(loop, environment, *options.sentinel);
}

}  // namespace oauth1d::storage
