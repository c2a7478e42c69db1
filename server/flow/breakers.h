// Whether requests to a provider are tried at all: after many connections in a row that could not be made, the next are
// refused at once, but for one now and then that finds out how things are.
#ifndef OAUTH1D_SERVER_FLOW_BREAKERS_H_
#define OAUTH1D_SERVER_FLOW_BREAKERS_H_

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/base/environment.h"
#include "server/base/network_rules.h"
#include "server/ops/metrics.h"

namespace oauth1d::flow {

// One breaker for each origin of each provider: two providers with one origin may have another CA file or proxy, and
// the mistake in one must not close the way for the other. Only what no caller can cause alone opens one: a connection
// that could not be made (name, TCP, proxy, TLS). Deadlines and cancellations of callers and denied destinations say
// nothing; every byte that left says that the origin is there. Thread-safe; takes no lock as long as nothing failed.
class Breakers {
 public:
  // Told when one opens for good or closes again.
  using Listener = std::function<void(const std::string& provider, const Origin& origin, ops::BreakerState state)>;

  // The leave to send one request. If it goes without a word, the request has said nothing.
  class Pass {
   public:
    Pass(Pass&& other) noexcept;
    Pass& operator=(Pass&&) = delete;
    ~Pass();

    // How the request ended, as HttpClient tells it. Only the first word counts.
    void Ended(const absl::Status& status);

   private:
    friend class Breakers;
    Pass(Breakers* breakers, std::string provider, Origin origin, bool trial)
        : breakers_(breakers), provider_(std::move(provider)), origin_(std::move(origin)), trial_(trial) {}

    Breakers* breakers_;  // null: nothing is left to say
    std::string provider_;
    Origin origin_;
    bool trial_;
  };

  // The referents outlive it.
  Breakers(Environment& environment, ops::Metrics& metrics, Listener listener = nullptr)
      : environment_(environment), metrics_(metrics), listener_(std::move(listener)) {}
  Breakers(const Breakers&) = delete;
  Breakers& operator=(const Breakers&) = delete;

  // `origin` is one that the configuration names: a host that a caller's values made would be broken by that caller
  // alone. Errors: PROVIDER_UNREACHABLE with a time to wait: nothing may be sent now.
  absl::StatusOr<Pass> Enter(const std::string& provider, const Origin& origin);

 private:
  struct Breaker {
    int failures = 0;  // in a row
    ops::BreakerState state = ops::BreakerState::kClosed;
    absl::Duration pause;
    absl::Duration until;  // on Environment::Uptime; the next trial
  };
  using Key = std::pair<std::string, std::string>;  // provider, origin
  using Map = std::map<Key, Breaker>;

  static Key KeyOf(const std::string& provider, const Origin& origin);
  void Succeeded(const std::string& provider, const Origin& origin);
  void Failed(const std::string& provider, const Origin& origin, bool trial);
  // A trial ended without telling anything: the next request is one.
  void TryAgain(const std::string& provider, const Origin& origin);
  bool MakeRoom() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Open(Breaker& breaker, absl::Duration pause) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The worst of a provider's origins.
  void TellState(const std::string& provider) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Environment& environment_;
  ops::Metrics& metrics_;
  const Listener listener_;
  std::atomic<bool> any_ = false;
  absl::Mutex mutex_;
  Map breakers_ ABSL_GUARDED_BY(mutex_);  // those with a failure
};

// An error of Enter: the request was not tried, and no repeat of ours helps.
bool WasNotTried(const absl::Status& status);

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_BREAKERS_H_
