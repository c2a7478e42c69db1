#include "server/lanes.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <optional>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "server/egress/http_pool.h"
#include "storage/memory_store.h"
#include "storage/redis_store.h"

namespace oauth1d {

// Destroyed from the bottom up: the loop goes last, for everything else refers to it.
struct Lanes::Thread {
  Thread(Environment& environment) : pool(loop, environment, egress::HttpPoolOptions()) {}

  boost::asio::io_context loop{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{loop.get_executor()};
  egress::HttpPool pool;
  std::unique_ptr<storage::KeyValueStore> store;
  storage::RedisStore* redis = nullptr;
  std::optional<rpc::Lane> lane;
  std::thread thread;
};

Lanes::Lanes(size_t count, const config::Store& store, Environment& environment, Listener listener) {
  const auto space = std::make_shared<storage::MemorySpace>();
  for (size_t i = 0; i < count; ++i) {
    auto thread = std::make_unique<Thread>(environment);
    const auto told = [i, listener](storage::StoreState state, std::string why) { listener(i, state, std::move(why)); };
    if (store.redis.has_value()) {
      storage::RedisOptions options(store.redis->address);
      options.username = store.redis->username;
      options.password = store.redis->password;
      auto redis = std::make_unique<storage::RedisStore>(thread->loop, environment, std::move(options), told);
      thread->redis = redis.get();
      thread->store = std::move(redis);
    } else {
      thread->store = std::make_unique<storage::MemoryStore>(space, environment);
      boost::asio::post(thread->loop, [told] { told(storage::StoreState::kUp, ""); });
    }
    thread->lane.emplace(
        flow::Backends{thread->loop, environment, thread->pool, *thread->store, clock_offsets_, rsa_thread_});
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
