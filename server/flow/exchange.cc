#include "server/flow/exchange.h"

#include <algorithm>
#include <utility>

#include "server/base/failure.h"
#include "server/base/sleep.h"
#include "server/base/spawn.h"
#include "server/flow/access_tokens.h"
#include "server/flow/exchange_outcome.h"
#include "server/flow/token_answers.h"

namespace oauth1d::flow {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(15);
// How long a lost store is waited for after the answer is known (or the claim is not).
constexpr absl::Duration kSettling = absl::Seconds(10);
constexpr absl::Duration kSettlingPause = absl::Milliseconds(100);
constexpr absl::Duration kShortestLife = absl::Seconds(1);

// The time over which a lease or a replay ends, as the store will count it down.
void SetOver(records::v1::Flow& flow, absl::Duration ttl, absl::Duration span) {
  flow.set_over_at_remaining_ms(absl::ToInt64Milliseconds(ttl - span));
}

}  // namespace

void Exchanges::Attempt::Tell(const Answer& told) {
  for (const std::shared_ptr<Event<Answer>>& waiter : std::exchange(waiters, {})) waiter->Set(told);
}

Task<records::v1::Result> Exchanges::Join(ExchangeOrder order) {
  const std::string verifier_hash = Sha256(order.verifier);
  const Deadline deadline = order.call.deadline;
  std::shared_ptr<Attempt>& slot = running_[order.locator.store_key];
  const bool fresh = slot == nullptr;
  if (fresh) slot = std::make_shared<Attempt>();
  const std::shared_ptr<Attempt> attempt = slot;
  if (fresh) attempt->verifier_hash = verifier_hash;
  if (attempt->verifier_hash != verifier_hash) co_return AlreadyCompleted();
  if (attempt->answer.has_value()) co_return *attempt->answer;
  const auto waiter = std::make_shared<Event<Answer>>();
  attempt->waiters.push_back(waiter);
  if (fresh) {
    const std::string key = order.locator.store_key;
    order.call.deadline = Deadline::After(backends_.environment, kPatience);
    Spawn(
        backends_.loop, [this, attempt, order = std::move(order)] { return Run(attempt, order); },
        [this, attempt, key](absl::Status status) {
          running_.erase(key);
          // Whoever has not been told yet: the attempt ended without an answer.
          if (!status.ok()) attempt->Tell(status);
        });
  }
  const std::optional<Answer> answer = co_await waiter->Wait(backends_.environment, deadline);
  if (!answer.has_value()) {
    co_return WithSent(Fail(Reason::kDeadline, "the exchange goes on; the same call gets its answer"), Sent::kMaybe);
  }
  co_return *answer;
}

Task<> Exchanges::Run(std::shared_ptr<Attempt> attempt, ExchangeOrder order) {
  const FlowLocator locator = order.locator;
  const Call call = order.call;
  const absl::Duration begin = backends_.environment.Uptime();
  CO_ASSIGN_OR_RETURN(const StoredFlow claimed, co_await Claim(attempt, locator, order.stored, call));
  const auto maybe_exchanged = std::make_shared<bool>(claimed.flow.maybe_exchanged());
  absl::StatusOr<oauth1::TokenResponse> response = co_await Fetch(order, maybe_exchanged);
  const bool spent = response.ok();
  Answer answer = absl::CancelledError();
  if (spent) {
    answer = MakeResult(call, claimed.flow.owner(), order.client, claimed.flow.provider_parameters(),
                        *std::move(response), order.old_token, backends_.environment);
  } else {
    answer = response.status();
  }
  if (spent && !answer.ok()) answer = WithSent(answer.status(), Sent::kYes);
  records::v1::Flow next = claimed.flow;
  // The flow keeps the end that Start told, but an answer is there for its time of replay.
  const absl::Duration rest = order.stored.remaining - (backends_.environment.Uptime() - begin);
  const absl::Duration replay = claimed.flow.renewal() ? kRenewalLife : kReplay;
  const absl::Duration ttl = std::max(rest, answer.ok() ? replay : kShortestLife);
  if (answer.ok()) {
    next.set_phase(records::v1::PHASE_DONE);
    // Whoever holds the old token may come for the new one as long as the record lives.
    SetOver(next, ttl, claimed.flow.renewal() ? ttl : replay);
    // What a later version wrote there lives on; what was spent does not.
    records::v1::FlowSecrets done = order.secrets;
    done.clear_temporary_token();
    done.clear_temporary_secret();
    done.clear_session_handle();
    *done.mutable_result() = *answer;
    CO_ASSIGN_OR_RETURN(*next.mutable_inner(), records_.SealSecrets(*call.keyring, locator, order.binding, done));
  } else {
    const ExchangeOutcome outcome = JudgeExchange(answer.status(), *maybe_exchanged, claimed.flow);
    answer = outcome.told;
    if (outcome.phase == records::v1::PHASE_EXCHANGING) co_return outcome.told;
    if (outcome.phase == records::v1::PHASE_PENDING && SentOf(outcome.told) != Sent::kNo) {
      next.set_refused_pins(next.refused_pins() + 1);
    }
    next.set_phase(outcome.phase);
    next.set_maybe_exchanged(*maybe_exchanged);
    WriteFailure(outcome.told, next);
  }
  CO_ASSIGN_OR_RETURN(StoredFlow sealed, records_.SealFlow(*call.keyring, locator, std::move(next), ttl));
  co_return co_await Settle(attempt, locator, claimed, std::move(sealed), std::move(answer), call);
}

Task<StoredFlow> Exchanges::Claim(std::shared_ptr<Attempt> attempt, FlowLocator locator, StoredFlow stored, Call call) {
  records::v1::Flow next = stored.flow;
  if (next.phase() == records::v1::PHASE_EXCHANGING) next.set_maybe_exchanged(true);
  next.set_phase(records::v1::PHASE_EXCHANGING);
  CO_ASSIGN_OR_RETURN(*next.mutable_attempt_id(), backends_.environment.RandomBytes(16));
  next.set_verifier_hash(attempt->verifier_hash);
  const absl::Duration ttl = std::max(stored.remaining, 3 * kLease);
  SetOver(next, ttl, kLease);
  CO_ASSIGN_OR_RETURN(const StoredFlow claimed, records_.SealFlow(*call.keyring, locator, std::move(next), ttl));
  const absl::StatusOr<bool> swapped = co_await records_.Replace(call, locator, stored.bytes, claimed);
  if (swapped.ok()) {
    if (!*swapped) co_return absl::AbortedError("someone else claimed the flow");
    co_return claimed;
  }
  if (!absl::IsUnavailable(swapped.status())) co_return swapped.status();
  // Nobody knows whether the claim happened. Callers are told at once and may repeat; here it is settled, so
  // that a claim which did happen does not hold the flow for a whole lease.
  attempt->Tell(swapped.status());
  call.deadline = Deadline::After(backends_.environment, kSettling);
  CO_ASSIGN_OR_RETURN(const bool ours, co_await IsInStore(locator, claimed.flow.attempt_id(), call));
  if (!ours) co_return absl::AbortedError("the claim did not happen");
  co_return claimed;
}

Task<bool> Exchanges::IsInStore(FlowLocator locator, std::string attempt_id, Call call) {
  for (;;) {
    const absl::StatusOr<StoredFlow> stored = co_await records_.Load(call, locator);
    if (stored.ok()) co_return stored->flow.attempt_id() == attempt_id;
    if (!absl::IsUnavailable(stored.status())) co_return stored.status();
    if (call.deadline.Passed(backends_.environment)) co_return stored.status();
    CO_RETURN_IF_ERROR(co_await Sleep(backends_.environment, Jittered(backends_.environment, kSettlingPause)));
  }
}

Task<oauth1::TokenResponse> Exchanges::Fetch(ExchangeOrder order, std::shared_ptr<bool> maybe_exchanged) {
  if (order.client.consumer->key != order.stored.flow.consumer_key()) {
    co_return Fail(Reason::kProviderRejected, "the consumer that began this login is no longer configured");
  }
  const bool renewal = order.stored.flow.renewal();
  for (int tries = 1;; ++tries) {
    oauth1::TokenCredentials held;
    held.token = order.secrets.temporary_token();
    held.secret = Secret(order.secrets.temporary_secret());
    absl::StatusOr<oauth1::TokenResponse> response = absl::CancelledError();
    if (renewal) {
      response = co_await token_calls_.Renew(order.client, std::move(held), order.secrets.session_handle(), order.call);
    } else {
      response = co_await token_calls_.ExchangeVerifier(order.client, std::move(held), order.verifier, order.call);
    }
    if (response.ok() || !WorthAnotherTry(response.status()) || tries == 2) co_return response;
    if (SentOf(response.status()) != Sent::kNo) *maybe_exchanged = true;
    CO_RETURN_IF_ERROR(co_await Sleep(backends_.environment, Jittered(backends_.environment, kSettlingPause)));
    backends_.metrics.UpstreamRepeated(order.client.provider->name, WhyRepeated(response.status()));
  }
}

Task<> Exchanges::Settle(std::shared_ptr<Attempt> attempt, FlowLocator locator, StoredFlow claimed, StoredFlow next,
                         Answer answer, Call call) {
  call.deadline = Deadline::After(backends_.environment, kSettling);
  for (;;) {
    const absl::StatusOr<bool> swapped = co_await records_.Replace(call, locator, claimed.bytes, next);
    // The answer is told even if the store is gone: the verifier is spent, and nobody else has the token.
    attempt->answer = answer;
    attempt->Tell(answer);
    if (swapped.ok() || !absl::IsUnavailable(swapped.status())) co_return swapped.status();
    if (call.deadline.Passed(backends_.environment)) co_return swapped.status();
    CO_RETURN_IF_ERROR(co_await Sleep(backends_.environment, Jittered(backends_.environment, kSettlingPause)));
  }
}

}  // namespace oauth1d::flow
