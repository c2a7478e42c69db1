// How much each owner and each provider has of the service at once.
#ifndef OAUTH1D_SERVER_CALLERS_QUOTAS_H_
#define OAUTH1D_SERVER_CALLERS_QUOTAS_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/base/environment.h"
#include "server/providers/owner.h"

namespace oauth1d::callers {

// The configuration's `limits` that quotas are about; each at least 1.
struct QuotaLimits {
  int in_flight = 2000;
  int in_flight_per_owner = 500;
  int in_flight_per_provider = 500;
  size_t bytes_in_flight = size_t{256} << 20;
  int pending_flows_per_owner = 10'000;
};

// A share that was taken; gives it back when it goes. Movable.
class Share {
 public:
  Share() = default;
  explicit Share(std::function<void()> give_back) : give_back_(std::move(give_back)) {}
  Share(Share&& other) noexcept : give_back_(std::exchange(other.give_back_, nullptr)) {}
  Share& operator=(Share&& other) noexcept {
    std::swap(give_back_, other.give_back_);
    return *this;
  }
  ~Share() {
    if (give_back_) give_back_();
  }

 private:
  std::function<void()> give_back_;
};

// Counts what runs in this process. Thread-safe. Owners and providers are told apart by their names, so counts outlive
// a change of the configuration. The Shares may outlive it.
// Every refusal is kResourceExhausted, with RetryAfterOf set and sent=no: OVERLOADED where the service as a whole or a
// provider is at its limit, QUOTA_EXCEEDED where it is the owner's own.
class Quotas {
 public:
  // What is taken now, and how much there is of it.
  struct Reading {
    int in_flight;
    int in_flight_limit;
    size_t bytes;
    size_t bytes_limit;
  };

  explicit Quotas(Environment& environment);
  Quotas(const Quotas&) = delete;
  Quotas& operator=(const Quotas&) = delete;
  ~Quotas();

  // The configuration's, now and after each change of it. Calls that run go on.
  void SetLimits(const QuotaLimits& limits);

  // One RPC: counts towards all RPCs, and towards the owner's, by number and by rate.
  absl::StatusOr<Share> BeginCall(const providers::Owner& owner);
  // The same RPC's turn with a provider: counts towards the provider's and the grant's. Without a limit of its own a
  // grant has three quarters of what the provider gets.
  absl::StatusOr<Share> BeginRequest(const providers::Owner& owner, const providers::Grant& grant);
  // Bytes of a request that are held.
  absl::StatusOr<Share> HoldBytes(size_t bytes);
  // Whether more bytes would be held than the limit says: whoever can wait should, before it reads on.
  bool IsFull() const;
  // Bytes of an answer: they are there, so nobody can refuse them any more; but others are refused meanwhile.
  Share AddBytes(size_t bytes);

  Reading Read() const;

  // A call of the owner was refused for want of room. How many were since this was last told; 0: it is too early to
  // tell again, which is once a minute and owner.
  int RefusalsToTell(const std::string& owner);

  // A login that was begun, by its store key, for at most `life`. Errors: QUOTA_EXCEEDED.
  absl::Status BeginFlow(const providers::Owner& owner, const std::string& key, absl::Duration life);
  // It has ended, or was never kept. One that another replica began is not known here, and nothing happens.
  void EndFlow(absl::string_view owner, const std::string& key);

 private:
  struct State;
  const std::shared_ptr<State> state_;
};

}  // namespace oauth1d::callers

#endif  // OAUTH1D_SERVER_CALLERS_QUOTAS_H_
