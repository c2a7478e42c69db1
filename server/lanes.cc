#include "server/lanes.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/egress/http_pool.h"
#include "server/flow/metered_store.h"
#include "server/ops/log.h"
#include "storage/memory_store.h"
#include "storage/redis_store.h"

namespace oauth1d {
namespace {

std::optional<storage::RedisTls> TlsOf(const std::optional<config::RedisTls>& from) {
  if (!from.has_value()) return std::nullopt;
  storage::RedisTls tls;
  tls.ca_pem = from->ca_pem;
  tls.certificate_pem = from->certificate_pem;
  tls.private_key_pem = from->private_key_pem;
  tls.server_name = from->server_name;
  return tls;
}

storage::RedisOptions OptionsOf(const config::RedisOptions& from) {
  storage::RedisOptions options(from.address);
  options.username = from.username;
  options.password = from.password;
  options.tls = TlsOf(from.tls);
  if (!from.sentinel.has_value()) return options;
  storage::RedisSentinel& sentinel = options.sentinel.emplace();
  sentinel.addresses = from.sentinel->addresses;
  sentinel.primary = from.sentinel->primary;
  sentinel.username = from.sentinel->username;
  sentinel.password = from.sentinel->password;
  sentinel.tls = TlsOf(from.sentinel->tls);
  return options;
}

void LogBreaker(const std::string& provider, const Origin& origin, ops::BreakerState state) {
  if (state == ops::BreakerState::kClosed) {
    return ops::LogProvider(ops::Level::kInfo, "breaker_closed", provider,
                            absl::StrCat(origin.host, " can be reached again"));
  }
  ops::LogProvider(
      ops::Level::kWarning, "breaker_open", provider,
      absl::StrCat(origin.host, " cannot be reached; requests to it fail at once, but for one now and then"));
}

}  // namespace

// Destroyed from the bottom up: the loop goes last, for everything else refers to it.
struct Lanes::Thread {
  Thread(Environment& environment) : pool(loop, environment, egress::HttpPoolOptions()) {}

  boost::asio::io_context loop{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{loop.get_executor()};
  egress::HttpPool pool;
  std::unique_ptr<storage::KeyValueStore> store;
  std::optional<flow::MeteredStore> metered;
  storage::RedisStore* redis = nullptr;
  std::optional<rpc::Lane> lane;
  std::thread thread;
};

Lanes::Lanes(size_t count, const config::Store& store, Environment& environment, callers::Quotas& quotas,
             flow::AuditTrail& audit, ops::Metrics& metrics, Listener listener)
    : breakers_(environment, metrics, LogBreaker) {
  const auto space = std::make_shared<storage::MemorySpace>();
  for (size_t i = 0; i < count; ++i) {
    auto thread = std::make_unique<Thread>(environment);
    const auto told = [i, listener](storage::StoreState state, std::string why) { listener(i, state, std::move(why)); };
    if (store.redis.has_value()) {
      auto redis = std::make_unique<storage::RedisStore>(thread->loop, environment, OptionsOf(*store.redis), told);
      thread->redis = redis.get();
      thread->store = std::move(redis);
    } else {
      thread->store = std::make_unique<storage::MemoryStore>(space, environment);
      boost::asio::post(thread->loop, [told] { told(storage::StoreState::kUp, ""); });
    }
    thread->metered.emplace(*thread->store, environment, metrics);
    thread->lane.emplace(flow::Backends{thread->loop, environment, thread->pool, *thread->metered, clock_offsets_,
                                        breakers_, rsa_thread_, quotas, audit, metrics});
    threads_.push_back(std::move(thread));
  }
}

Lanes::~Lanes() { Stop(); }

std::vector<rpc::Lane*> Lanes::all() const {
  std::vector<rpc::Lane*> lanes;
  for (const std::unique_ptr<Thread>& thread : threads_) lanes.push_back(&*thread->lane);
  return lanes;
}

void Lanes::Start() {
  for (const std::unique_ptr<Thread>& thread : threads_) {
    if (thread->redis != nullptr) thread->redis->Start();
    thread->thread = std::thread([loop = &thread->loop] { loop->run(); });
  }
}

void Lanes::DenyOwnPort(uint16_t port) {
  for (const std::unique_ptr<Thread>& thread : threads_) {
    boost::asio::post(thread->loop, [thread = thread.get(), port] { thread->pool.DenyOwnPort(port); });
  }
}

void Lanes::SetStore(const config::Store& store) {
  if (!store.redis.has_value()) return;
  for (const std::unique_ptr<Thread>& thread : threads_) {
    if (thread->redis == nullptr) continue;
    boost::asio::post(thread->loop, [thread = thread.get(), options = OptionsOf(*store.redis)]() mutable {
      thread->redis->SetCredentials(std::move(options));
    });
  }
}

void Lanes::WaitForExchanges(absl::Duration time) {
  const absl::Time end = absl::Now() + time;
  for (const std::unique_ptr<Thread>& thread : threads_) {
    for (;;) {
      std::promise<size_t> running;
      boost::asio::post(thread->loop, [&] { running.set_value(thread->lane->machine.running_exchanges()); });
      if (running.get_future().get() == 0 || absl::Now() >= end) break;
      absl::SleepFor(absl::Milliseconds(20));
    }
  }
}

void Lanes::Stop() {
  for (const std::unique_ptr<Thread>& thread : threads_) {
    if (!thread->thread.joinable()) continue;
    boost::asio::post(thread->loop, [thread = thread.get()] {
      if (thread->redis != nullptr) thread->redis->Stop();
      thread->pool.Stop();
      thread->work.reset();
    });
    thread->thread.join();
  }
  rsa_thread_.Stop();
}

}  // namespace oauth1d
