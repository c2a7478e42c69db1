#include "server/process.h"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/environment.h"
#include "server/lanes.h"
#include "server/ops/log.h"
#include "server/rpc/callers.h"
#include "server/rpc/oauth1_service.h"
#include "server/rpc/server.h"

namespace oauth1d {
namespace {

constexpr int kDrained = 0;
constexpr int kSecondSignal = 1;
constexpr int kCannotListen = 69;
constexpr int kUnsuitable = 78;
// The longest that a call may take; an exchange, which outlives its call, takes half as long.
constexpr absl::Duration kGraceForCalls = absl::Seconds(30);

// gRPC's threads need a core too, and on two cores one lane carries more than the callers do.
size_t LaneCount() { return std::max(1U, std::thread::hardware_concurrency() / 2); }

rpc::ServerOptions OptionsOf(const config::Listen& listen) {
  rpc::ServerOptions options;
  options.address = listen.address;
  options.reflection = listen.reflection;
  if (listen.tls.has_value()) {
    options.certificate_pem = listen.tls->certificate_pem;
    options.private_key_pem = listen.tls->private_key_pem;
  }
  return options;
}

class Process {
 public:
  explicit Process(std::shared_ptr<const config::Snapshot> configuration)
      : configuration_(std::move(configuration)),
        lanes_(LaneCount(), configuration_->store, RealEnvironment(),
               [this](size_t lane, storage::StoreState state, std::string why) {
                 boost::asio::post(loop_, [this, lane, state, why] { StoreIs(lane, state, why); });
               }),
        states_(lanes_.all().size(), storage::StoreState::kConnecting),
        service_(GroundOf(*configuration_), lanes_.all()) {}

  int Run() {
    absl::StatusOr<std::unique_ptr<rpc::Server>> server =
        rpc::Server::Listen(OptionsOf(configuration_->listen), service_);
    if (!server.ok()) {
      ops::LogEvent(ops::Level::kError, "cannot_listen", server.status().message());
      return kCannotListen;
    }
    server_ = *std::move(server);
    if (!configuration_->store.redis.has_value()) {
      ops::LogEvent(ops::Level::kInfo, "memory_store",
                    "flows are kept in this process: for one replica, and a restart loses logins under way; "
                    "configure store.redis for more");
    }
    AwaitSignal();
    lanes_.Start();
    ops::LogListening(server_->address());
    loop_.run();
    if (drain_.joinable()) drain_.join();
    if (exit_status_ != kDrained) server_->Shutdown(absl::ZeroDuration());
    lanes_.Stop();
    ops::LogEvent(ops::Level::kInfo, "stopped");
    return exit_status_;
  }

 private:
  static std::shared_ptr<const rpc::Ground> GroundOf(const config::Snapshot& configuration) {
    auto ground = std::make_shared<rpc::Ground>();
    ground->owners = configuration.owners;
    ground->keyring = configuration.keyring;
    return ground;
  }

  // Serving begins when every lane's store has once passed its checks, and ends with the drain alone: a store that is
  // lost later shows under its own name, since SignedRequest does without it.
  void StoreIs(size_t lane, storage::StoreState state, std::string why) {
    states_[lane] = state;
    if (!why.empty() && configuration_->store.redis.has_value()) {
      why = absl::StrCat("Redis at ", configuration_->store.redis->address, " (store.redis): ", why);
    }
    const auto all_up = std::count(states_.begin(), states_.end(), storage::StoreState::kUp);
    const bool up = static_cast<size_t>(all_up) == states_.size();
    if (state == storage::StoreState::kUnsuitable && !served_ && !draining_) {
      ops::LogEvent(ops::Level::kError, "store_unsuitable", why);
      exit_status_ = kUnsuitable;
      loop_.stop();
      return;
    }
    if (state == storage::StoreState::kDown || state == storage::StoreState::kUnsuitable) {
      ops::LogEvent(ops::Level::kWarning, "store_down", why);
    } else if (state == storage::StoreState::kUp) {
      ops::LogEvent(ops::Level::kInfo, "store_up", why);
    }
    if (draining_) return;
    server_->SetStoreUp(up);
    if (up && !served_) {
      served_ = true;
      server_->SetServing(true);
      ops::LogEvent(ops::Level::kInfo, "serving");
    }
  }

  void AwaitSignal() {
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      if (draining_) {
        ops::LogEvent(ops::Level::kWarning, "killed", "second signal");
        std::this_thread::sleep_for(std::chrono::milliseconds(20));  // for the line; nothing may hold this up
        _exit(kSecondSignal);
      }
      Drain();
      AwaitSignal();
    });
  }

  // Health first, and calls go on for a while: load balancers learn of the end later than we do.
  void Drain() {
    draining_ = true;
    ops::LogEvent(ops::Level::kInfo, "draining");
    server_->SetServing(false);
    timer_.expires_after(absl::ToChronoMilliseconds(configuration_->listen.drain_delay));
    timer_.async_wait([this](const boost::system::error_code&) {
      drain_ = std::thread([this] {
        const absl::Duration begin = RealEnvironment().Uptime();
        server_->Shutdown(kGraceForCalls);
        lanes_.WaitForExchanges(kGraceForCalls - (RealEnvironment().Uptime() - begin));
        boost::asio::post(loop_, [this] { loop_.stop(); });
      });
    });
  }

  const std::shared_ptr<const config::Snapshot> configuration_;
  boost::asio::io_context loop_{1};
  boost::asio::signal_set signals_{loop_, SIGINT, SIGTERM};
  boost::asio::steady_timer timer_{loop_};
  Lanes lanes_;
  std::vector<storage::StoreState> states_;  // by lane
  rpc::OAuth1Service service_;
  std::unique_ptr<rpc::Server> server_;
  std::thread drain_;
  bool served_ = false;
  bool draining_ = false;
  int exit_status_ = kDrained;
};

}  // namespace

int Serve(std::shared_ptr<const config::Snapshot> configuration) { return Process(std::move(configuration)).Run(); }

}  // namespace oauth1d
