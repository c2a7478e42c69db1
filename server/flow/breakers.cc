#include "server/flow/breakers.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/base/sleep.h"

namespace oauth1d::flow {
namespace {

// Where every second connection fails, so many fail in a row once in a million; where a provider is away, so many are
// there within ten requests, since each of them is tried twice.
constexpr int kFailures = 20;
// A provider that restarts is back within seconds.
constexpr absl::Duration kFirstPause = absl::Seconds(1);
// Nobody waits longer than this for a provider that is back, and one connection in so long is no burden.
constexpr absl::Duration kLongestPause = absl::Seconds(30);
// Longer than a connection may take, with tunnel and TLS (egress/http_limits.h): a trial that is still under way has
// made it, and waits for its answer, or streams.
constexpr absl::Duration kLongestTrial = absl::Seconds(10);
// Configurations have fewer origins; reloads may bring others without end.
constexpr size_t kMostBreakers = 4096;

absl::Status NotTried(absl::Duration wait) {
  absl::Status status = Fail(Reason::kProviderUnreachable,
                             "no connection to the provider could be made for a while; the next one is tried soon");
  // Told in milliseconds: whoever comes then must not be too early.
  return WithRetryAfter(WithSent(std::move(status), Sent::kNo), absl::Ceil(wait, absl::Milliseconds(1)));
}

}  // namespace

bool WasNotTried(const absl::Status& status) {
  return ReasonOf(status) == Reason::kProviderUnreachable && RetryAfterOf(status).has_value();
}

Breakers::Pass::Pass(Pass&& other) noexcept
    : breakers_(std::exchange(other.breakers_, nullptr)),
      provider_(std::move(other.provider_)),
      origin_(std::move(other.origin_)),
      trial_(other.trial_) {}

Breakers::Pass::~Pass() {
  if (breakers_ != nullptr && trial_) breakers_->TryAgain(provider_, origin_);
}

void Breakers::Pass::Ended(const absl::Status& status) {
  const bool reached = status.ok() || SentOf(status) != Sent::kNo;
  if (breakers_ == nullptr || (!reached && !absl::IsUnavailable(status))) return;
  Breakers* const breakers = std::exchange(breakers_, nullptr);
  if (reached) {
    breakers->Succeeded(provider_, origin_);
  } else {
    breakers->Failed(provider_, origin_, trial_);
  }
}

Breakers::Key Breakers::KeyOf(const std::string& provider, const Origin& origin) {
  return {provider, absl::StrCat(origin.tls ? "https " : "http ", origin.host, " ", origin.port)};
}

absl::StatusOr<Breakers::Pass> Breakers::Enter(const std::string& provider, const Origin& origin) {
  if (!any_.load(std::memory_order_acquire)) return Pass(this, provider, origin, false);
  const absl::MutexLock lock(&mutex_);
  const auto found = breakers_.find(KeyOf(provider, origin));
  if (found == breakers_.end() || found->second.state == ops::BreakerState::kClosed) {
    return Pass(this, provider, origin, false);
  }
  Breaker& breaker = found->second;
  const absl::Duration now = environment_.Uptime();
  if (now < breaker.until) {
    return NotTried(breaker.state == ops::BreakerState::kTrying ? kFirstPause : breaker.until - now);
  }
  breaker.state = ops::BreakerState::kTrying;
  breaker.until = now + kLongestTrial;
  TellState(provider);
  return Pass(this, provider, origin, true);
}

void Breakers::Succeeded(const std::string& provider, const Origin& origin) {
  if (!any_.load(std::memory_order_acquire)) return;
  const absl::MutexLock lock(&mutex_);
  const auto found = breakers_.find(KeyOf(provider, origin));
  if (found == breakers_.end()) return;
  const bool was_closed = found->second.state == ops::BreakerState::kClosed;
  breakers_.erase(found);
  any_.store(!breakers_.empty(), std::memory_order_release);
  if (was_closed) return;
  TellState(provider);
  if (listener_) listener_(provider, origin, ops::BreakerState::kClosed);
}

void Breakers::Failed(const std::string& provider, const Origin& origin, bool trial) {
  const absl::MutexLock lock(&mutex_);
  Key key = KeyOf(provider, origin);
  if (!breakers_.contains(key) && !MakeRoom()) return;
  Breaker& breaker = breakers_[std::move(key)];
  any_.store(true, std::memory_order_release);
  if (trial && breaker.state == ops::BreakerState::kTrying) {
    Open(breaker, std::min(2 * breaker.pause, kLongestPause));
    TellState(provider);
    return;
  }
  // What was under way when it opened says nothing new.
  if (breaker.state != ops::BreakerState::kClosed || ++breaker.failures < kFailures) return;
  Open(breaker, kFirstPause);
  TellState(provider);
  if (listener_) listener_(provider, origin, ops::BreakerState::kOpen);
}

void Breakers::TryAgain(const std::string& provider, const Origin& origin) {
  const absl::MutexLock lock(&mutex_);
  const auto found = breakers_.find(KeyOf(provider, origin));
  if (found == breakers_.end() || found->second.state != ops::BreakerState::kTrying) return;
  found->second.state = ops::BreakerState::kOpen;
  found->second.until = environment_.Uptime();
  TellState(provider);
}

bool Breakers::MakeRoom() {
  if (breakers_.size() < kMostBreakers) return true;
  std::erase_if(breakers_, [](const auto& entry) { return entry.second.state == ops::BreakerState::kClosed; });
  return breakers_.size() < kMostBreakers;
}

void Breakers::Open(Breaker& breaker, absl::Duration pause) {
  breaker.state = ops::BreakerState::kOpen;
  breaker.pause = pause;
  breaker.until = environment_.Uptime() + Jittered(environment_, pause);
}

void Breakers::TellState(const std::string& provider) {
  ops::BreakerState worst = ops::BreakerState::kClosed;
  for (auto i = breakers_.lower_bound({provider, ""}); i != breakers_.end() && i->first.first == provider; ++i) {
    worst = std::max(worst, i->second.state);
  }
  metrics_.BreakerIs(provider, worst);
}

}  // namespace oauth1d::flow
