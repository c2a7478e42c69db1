// The store that several replicas of the service share: a Redis server, or the one that Sentinel names.
#ifndef OAUTH1D_STORAGE_REDIS_STORE_H_
#define OAUTH1D_STORAGE_REDIS_STORE_H_

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/base/environment.h"
#include "storage/key_value_store.h"
#include "storage/redis_connection.h"
#include "storage/redis_options.h"
#include "storage/store_state.h"

namespace oauth1d::storage {

// One event loop's connection to the server. Needs Redis 7.0, a user with the rights that deploy/ documents, and
// no allkeys-* eviction; checks all of it whenever it connects, before the first command.
//
// Every verb ends within 250 ms of its call, and a server that comes back is used again within one second.
class RedisStore : public KeyValueStore {
 public:
  // A larger value is kInternal: a fault of the caller. Far above any record of ours, and below what one reply may
  // hold.
  static constexpr size_t kMaxValueBytes = size_t{4} << 20;

  // `listener` hears how the server is doing, on `loop`, from Start until Stop; it may be empty.
  RedisStore(boost::asio::io_context& loop, Environment& environment, RedisOptions options, StateListener listener);
  // Stops.
  ~RedisStore() override;

  // Connects, and stays connected, in the background. On the loop, or before it runs.
  void Start();
  // Ends all calls as unavailable, and all background work within the loop's next turns. On the loop, or after it
  // has ended. For good.
  void Stop();
  // User, password and TLS material for the next connection, and so for the next attempt while the server refuses the
  // old ones; a connection that is up stays, and so do the addresses. On the loop.
  void SetCredentials(RedisOptions options);

  Task<bool> Put(std::string key, std::string value, absl::Duration ttl, Deadline deadline) override;
  Task<std::optional<Entry>> Get(std::string key, Deadline deadline) override;
  Task<bool> Swap(std::string key, std::string expected, std::string next, absl::Duration ttl,
                  Deadline deadline) override;
  Task<> Erase(std::string key, Deadline deadline) override;
  absl::Status KnownState() override;

  StoreState state() const { return connection_->state(); }

 private:
  struct Script;

  static const Script& ReadScript();
  static const Script& SwapScript();
  static Task<Reply> Evaluate(std::shared_ptr<RedisConnection> connection, const Script* script,
                              std::vector<std::string> key_and_arguments, Deadline deadline);

  Environment& environment_;
  const std::shared_ptr<RedisConnection> connection_;
  // Shared with the calls under way: one may outlive the store, as its answer does.
  const std::shared_ptr<std::optional<absl::Duration>> full_at_ = std::make_shared<std::optional<absl::Duration>>();
};

}  // namespace oauth1d::storage

#endif  // OAUTH1D_STORAGE_REDIS_STORE_H_
