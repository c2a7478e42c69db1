#include "server/callers/quotas.h"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "server/base/failure.h"

namespace oauth1d::callers {
namespace {

// What is at its limit by number gets room as calls end, which most do within this.
constexpr absl::Duration kSoon = absl::Milliseconds(100);
constexpr absl::Duration kTellEvery = absl::Minutes(1);

absl::Status Refuse(Reason reason, absl::string_view what, absl::Duration retry_after) {
  return WithRetryAfter(Fail(reason, what), retry_after);
}

// Calls by rate: a bucket that holds a second's worth.
class Rate {
 public:
  // How long to wait for a turn; zero: it was taken.
  absl::Duration Take(int per_second, absl::Duration now) {
    const double most = per_second;
    if (!begun_) level_ = most;
    begun_ = true;
    level_ = std::min(most, level_ + absl::ToDoubleSeconds(now - last_) * per_second);
    last_ = now;
    if (level_ < 1) return absl::Seconds((1 - level_) / per_second);
    level_ -= 1;
    return absl::ZeroDuration();
  }

 private:
  bool begun_ = false;
  double level_ = 0;
  absl::Duration last_ = absl::ZeroDuration();
};

struct Refusals {
  int count = 0;  // not told of yet
  absl::Duration told = -absl::InfiniteDuration();
};

struct Count {
  int in_flight = 0;
  Rate rate;
};

// The logins of one owner that were begun here and have not ended. All live about as long, so they end in the order in
// which they began.
class PendingFlows {
 public:
  void Begin(const std::string& key, absl::Duration end) {
    ends_[key] = end;
    order_.emplace_back(end, key);
  }
  void End(const std::string& key) { ends_.erase(key); }
  void Forget(absl::Duration now) {
    while (!order_.empty() && (order_.front().first <= now || !ends_.contains(order_.front().second))) {
      const auto found = ends_.find(order_.front().second);
      if (found != ends_.end() && found->second <= now) ends_.erase(found);
      order_.pop_front();
    }
    // Those that ended early, behind one that has not: a flow's life long, and no longer than twice the living.
    if (order_.size() > 2 * ends_.size() + 16) {
      std::erase_if(order_, [&](const auto& entry) { return !ends_.contains(entry.second); });
    }
  }
  size_t size() const { return ends_.size(); }

 private:
  std::map<std::string, absl::Duration> ends_;
  std::deque<std::pair<absl::Duration, std::string>> order_;
};

// A quarter of a provider is left to the others, whatever one owner does.
int MostOfProvider(const QuotaLimits& limits) {
  return std::max(1, limits.in_flight_per_provider - limits.in_flight_per_provider / 4);
}

std::string GrantKey(const providers::Owner& owner, const providers::Grant& grant) {
  return absl::StrCat(owner.name, " ", grant.provider->name);
}

}  // namespace

struct Quotas::State {
  explicit State(Environment& environment) : environment(environment) {}

  // Names come from the configuration: there are few, and none is ever taken out.
  absl::Status Take(Count& count, int most, int per_second, Reason reason, const std::string& whose) const {
    if (most > 0 && count.in_flight >= most) {
      return Refuse(reason, absl::StrCat(whose, " has ", most, " calls in flight, which is its limit"), kSoon);
    }
    if (per_second > 0) {
      const absl::Duration wait = count.rate.Take(per_second, environment.Uptime());
      if (wait > absl::ZeroDuration()) {
        return Refuse(reason, absl::StrCat(whose, " is limited to ", per_second, " calls a second"), wait);
      }
    }
    ++count.in_flight;
    return absl::OkStatus();
  }

  Environment& environment;
  absl::Mutex mutex;
  QuotaLimits limits ABSL_GUARDED_BY(mutex);
  Count all ABSL_GUARDED_BY(mutex);
  std::map<std::string, Count> owners ABSL_GUARDED_BY(mutex);
  std::map<std::string, Count> providers ABSL_GUARDED_BY(mutex);
  std::map<std::string, Count> grants ABSL_GUARDED_BY(mutex);
  std::map<std::string, PendingFlows> flows ABSL_GUARDED_BY(mutex);
  std::map<std::string, Refusals> refusals ABSL_GUARDED_BY(mutex);
  size_t bytes ABSL_GUARDED_BY(mutex) = 0;
};

Quotas::Quotas(Environment& environment) : state_(std::make_shared<State>(environment)) {}

Quotas::~Quotas() = default;

void Quotas::SetLimits(const QuotaLimits& limits) {
  const absl::MutexLock lock(&state_->mutex);
  state_->limits = limits;
}

absl::StatusOr<Share> Quotas::BeginCall(const providers::Owner& owner) {
  const absl::MutexLock lock(&state_->mutex);
  if (state_->all.in_flight >= state_->limits.in_flight) {
    return Refuse(Reason::kOverloaded, "the service has as many calls in flight as it takes (limits.in_flight)", kSoon);
  }
  Count& count = state_->owners[owner.name];
  const int most = owner.in_flight > 0 ? owner.in_flight : state_->limits.in_flight_per_owner;
  absl::Status taken =
      state_->Take(count, most, owner.calls_per_second, Reason::kQuotaExceeded, absl::StrCat("the owner ", owner.name));
  if (!taken.ok()) return taken;
  ++state_->all.in_flight;
  return Share([state = state_, &count] {
    const absl::MutexLock lock(&state->mutex);
    --count.in_flight;
    --state->all.in_flight;
  });
}

absl::StatusOr<Share> Quotas::BeginRequest(const providers::Owner& owner, const providers::Grant& grant) {
  const absl::MutexLock lock(&state_->mutex);
  Count& provider = state_->providers[grant.provider->name];
  if (provider.in_flight >= state_->limits.in_flight_per_provider) {
    return Refuse(Reason::kOverloaded,
                  absl::StrCat("the provider ", grant.provider->name,
                               " has as many calls in flight as it gets (limits.in_flight_per_provider)"),
                  kSoon);
  }
  Count& count = state_->grants[GrantKey(owner, grant)];
  const int most = grant.in_flight > 0 ? grant.in_flight : MostOfProvider(state_->limits);
  absl::Status taken = state_->Take(count, most, grant.calls_per_second, Reason::kQuotaExceeded,
                                    absl::StrCat("the owner ", owner.name, " at the provider ", grant.provider->name));
  if (!taken.ok()) return taken;
  ++provider.in_flight;
  return Share([state = state_, &count, &provider] {
    const absl::MutexLock lock(&state->mutex);
    --count.in_flight;
    --provider.in_flight;
  });
}

absl::StatusOr<Share> Quotas::HoldBytes(size_t bytes) {
  {
    const absl::MutexLock lock(&state_->mutex);
    if (state_->bytes + bytes > state_->limits.bytes_in_flight) {
      return Refuse(Reason::kOverloaded, "the service holds as many bytes as it takes (limits.megabytes_in_flight)",
                    kSoon);
    }
  }
  return AddBytes(bytes);
}

bool Quotas::IsFull() const {
  const absl::MutexLock lock(&state_->mutex);
  return state_->bytes >= state_->limits.bytes_in_flight;
}

Share Quotas::AddBytes(size_t bytes) {
  const absl::MutexLock lock(&state_->mutex);
  state_->bytes += bytes;
  return Share([state = state_, bytes] {
    const absl::MutexLock lock(&state->mutex);
    state->bytes -= bytes;
  });
}

Quotas::Reading Quotas::Read() const {
  const absl::MutexLock lock(&state_->mutex);
  return {state_->all.in_flight, state_->limits.in_flight, state_->bytes, state_->limits.bytes_in_flight};
}

int Quotas::RefusalsToTell(const std::string& owner) {
  const absl::MutexLock lock(&state_->mutex);
  Refusals& refusals = state_->refusals[owner];
  ++refusals.count;
  const absl::Duration now = state_->environment.Uptime();
  if (now - refusals.told < kTellEvery) return 0;
  refusals.told = now;
  return std::exchange(refusals.count, 0);
}

absl::Status Quotas::BeginFlow(const providers::Owner& owner, const std::string& key, absl::Duration life) {
  const absl::MutexLock lock(&state_->mutex);
  PendingFlows& flows = state_->flows[owner.name];
  const absl::Duration now = state_->environment.Uptime();
  flows.Forget(now);
  const int most = owner.pending_flows > 0 ? owner.pending_flows : state_->limits.pending_flows_per_owner;
  if (flows.size() >= static_cast<size_t>(most)) {
    return Refuse(Reason::kQuotaExceeded,
                  absl::StrCat("the owner ", owner.name, " has ", most,
                               " logins under way, which is its limit (limits.pending_flows_per_owner)"),
                  absl::Seconds(1));
  }
  flows.Begin(key, now + life);
  return absl::OkStatus();
}

void Quotas::EndFlow(absl::string_view owner, const std::string& key) {
  const absl::MutexLock lock(&state_->mutex);
  const auto flows = state_->flows.find(std::string(owner));
  if (flows != state_->flows.end()) flows->second.End(key);
}

}  // namespace oauth1d::callers
