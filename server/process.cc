#include "server/process.h"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/environment.h"
#include "server/callers/quotas.h"
#include "server/certificate_ends.h"
#include "server/configuration_watch.h"
#include "server/lanes.h"
#include "server/metrics_endpoint.h"
#include "server/numbers.h"
#include "server/ops/audit.h"
#include "server/ops/log.h"
#include "server/reload.h"
#include "server/rpc/audit_trail.h"
#include "server/rpc/oauth1_service.h"
#include "server/rpc/server.h"
#include "server/rpc/server_credentials.h"
#include "server/serving_parts.h"

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

// Their ids, in the file's order: whoever rotates keys sees here that the next one has come.
std::string OtherKeysOf(const sealing::Keyring& keyring) {
  std::vector<std::string> ids;
  for (const sealing::Key& key : keyring.keys()) {
    if (key.state == sealing::KeyState::kDecrypt) ids.push_back(key.id);
    if (key.state == sealing::KeyState::kRetired) ids.push_back(absl::StrCat(key.id, " (retired)"));
  }
  return ids.empty() ? "none" : absl::StrJoin(ids, ", ");
}

void LogMistakes(ops::Level level, absl::string_view event, const std::vector<config::Mistake>& mistakes) {
  for (const config::Mistake& mistake : mistakes) ops::LogEvent(level, event, config::ToString(mistake));
}

class Process {
 public:
  Process(config::Loaded loaded, std::function<config::Loaded()> load, std::unique_ptr<ops::AuditLog> audit)
      : configuration_(std::move(loaded.snapshot)),
        files_(std::move(loaded.files)),
        load_(std::move(load)),
        credentials_(CredentialsOf(configuration_->listen)),
        connections_(LimitsOf(configuration_->connections)),
        quotas_(RealEnvironment()),
        audit_(std::move(audit)),
        trail_(*audit_, RealEnvironment(), configuration_->audit.refuse_when_full),
        numbers_(quotas_, connections_, *audit_),
        lanes_(LaneCount(), configuration_->store, RealEnvironment(), quotas_, trail_, numbers_.metrics(),
               [this](size_t lane, storage::StoreState state, std::string why) {
                 boost::asio::post(loop_, [this, lane, state, why] { StoreIs(lane, state, why); });
               }),
        states_(lanes_.all().size(), storage::StoreState::kConnecting),
        service_(GroundOf(*configuration_), lanes_.all(), connections_) {
    quotas_.SetLimits(configuration_->quotas);
    numbers_.TakeOver(*configuration_, RealEnvironment().Now(), /*reloaded=*/false);
  }

  int Run() {
    // Before anything else is served, so that a start can be watched.
    if (!metrics_.Serve(configuration_->metrics, [this] { return numbers_.Page(); })) return kCannotListen;
    rpc::ServerOptions options;
    options.address = configuration_->listen.address;
    options.reflection = configuration_->listen.reflection;
    if (credentials_ != nullptr) options.credentials = credentials_->credentials();
    absl::StatusOr<std::unique_ptr<rpc::Server>> server = rpc::Server::Listen(options, service_, connections_);
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
    AwaitHangup();
    TellOfCertificate();
    lanes_.Start();
    for (const int port : {PortOf(server_->address()), metrics_.port()}) {
      if (port > 0) lanes_.DenyOwnPort(static_cast<uint16_t>(port));
    }
    watch_.emplace(std::move(files_), load_, [this](config::Loaded loaded) {
      boost::asio::post(loop_, [this, loaded = std::move(loaded)] { TakeOver(loaded); });
    });
    ops::LogListening(server_->address());
    loop_.run();
    watch_.reset();
    if (drain_.joinable()) drain_.join();
    if (exit_status_ != kDrained) server_->Shutdown(absl::ZeroDuration());
    lanes_.Stop();
    metrics_.Stop();
    audit_.reset();
    ops::LogEvent(ops::Level::kInfo, "stopped");
    return exit_status_;
  }

 private:
  void TellOfCertificate() {
    const std::string ends = ListenCertificateEndsSoon(*configuration_, RealEnvironment().Now());
    if (!ends.empty()) ops::LogEvent(ops::Level::kWarning, "certificate_ends", ends);
    day_.expires_after(std::chrono::hours(24));
    day_.async_wait([this](const boost::system::error_code& error) {
      if (!error) TellOfCertificate();
    });
  }

  // A new configuration, whole or not at all. What runs keeps what it began with.
  void TakeOver(const config::Loaded& loaded) {
    if (draining_) return;
    std::vector<config::Mistake> mistakes = loaded.mistakes;
    if (loaded.snapshot != nullptr) mistakes = FixedDifferences(*configuration_, *loaded.snapshot);
    if (!mistakes.empty()) {
      LogMistakes(ops::Level::kError, "reload_refused", mistakes);
      numbers_.ReloadRefused();
      return;
    }
    configuration_ = loaded.snapshot;
    if (credentials_ != nullptr) {
      const absl::Status replaced = credentials_->Replace(TextsOf(*configuration_->listen.tls));
      if (!replaced.ok()) ops::LogEvent(ops::Level::kError, "tls_not_replaced", replaced.message());
    }
    connections_.SetLimits(LimitsOf(configuration_->connections));
    quotas_.SetLimits(configuration_->quotas);
    lanes_.SetStore(configuration_->store);
    service_.SetGround(GroundOf(*configuration_));
    numbers_.TakeOver(*configuration_, RealEnvironment().Now(), /*reloaded=*/true);
    LogMistakes(ops::Level::kWarning, "configuration", loaded.warnings);
    ops::LogEvent(ops::Level::kInfo, "reloaded",
                  absl::StrCat("the active key is ", configuration_->keyring->active().id, "; the others are ",
                               OtherKeysOf(*configuration_->keyring), "; ", configuration_->providers.size(),
                               " providers, ", configuration_->owners.size(), " owners"));
  }

  void AwaitHangup() {
    hangups_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      if (const absl::Status reopened = audit_->Reopen(); !reopened.ok()) {
        ops::LogEvent(ops::Level::kError, "audit_not_reopened",
                      absl::StrCat("audit.file: ", reopened.message(),
                                   "; lines go on to the old file: mend it, and send SIGHUP again"));
      }
      if (watch_.has_value()) watch_->LoadNow();
      AwaitHangup();
    });
  }

  // Serving begins when every lane's store has once passed its checks, and ends with the drain alone: a store that is
  // lost later shows under its own name, since SignedRequest does without it.
  void StoreIs(size_t lane, storage::StoreState state, std::string why) {
    states_[lane] = state;
    if (!why.empty() && configuration_->store.redis.has_value()) {
      why = absl::StrCat("Redis at ", WhereIs(*configuration_->store.redis), " (store.redis): ", why);
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
    numbers_.SetStoreUp(up);
    if (draining_) return;
    server_->SetStoreUp(up);
    if (up && !served_) {
      served_ = true;
      server_->SetServing(true);
      numbers_.SetServing(true);
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
    numbers_.SetServing(false);
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

  std::shared_ptr<const config::Snapshot> configuration_;
  std::vector<config::SeenFile> files_;
  const std::function<config::Loaded()> load_;
  boost::asio::io_context loop_{1};
  boost::asio::signal_set signals_{loop_, SIGINT, SIGTERM};
  boost::asio::signal_set hangups_{loop_, SIGHUP};
  boost::asio::steady_timer timer_{loop_};
  boost::asio::steady_timer day_{loop_};
  const std::unique_ptr<rpc::ReloadableCredentials> credentials_;  // null: plain text
  rpc::Connections connections_;
  callers::Quotas quotas_;
  std::unique_ptr<ops::AuditLog> audit_;
  rpc::AuditTrail trail_;
  Numbers numbers_;
  MetricsEndpoint metrics_;
  Lanes lanes_;
  std::vector<storage::StoreState> states_;  // by lane
  rpc::OAuth1Service service_;
  std::unique_ptr<rpc::Server> server_;
  std::optional<ConfigurationWatch> watch_;
  std::thread drain_;
  bool served_ = false;
  bool draining_ = false;
  int exit_status_ = kDrained;
};

}  // namespace

int Serve(config::Loaded loaded, std::function<config::Loaded()> load) {
  ops::AuditOptions options;
  options.file = loaded.snapshot->audit.file;
  options.refuse_when_full = loaded.snapshot->audit.refuse_when_full;
  absl::StatusOr<std::unique_ptr<ops::AuditLog>> audit = ops::AuditLog::Open(std::move(options));
  if (!audit.ok()) {
    ops::LogEvent(ops::Level::kError, "audit_not_opened", absl::StrCat("audit.file: ", audit.status().message()));
    return kUnsuitable;
  }
  return Process(std::move(loaded), std::move(load), *std::move(audit)).Run();
}

}  // namespace oauth1d
