#include "server/flow/flow_machine.h"

#include <utility>

#include "server/base/failure.h"
#include "server/base/secret.h"
#include "server/base/sleep.h"
#include "server/flow/exchange_outcome.h"

namespace oauth1d::flow {
namespace {

constexpr absl::Duration kPollPause = absl::Milliseconds(200);
// Left to the caller's deadline when waiting for another replica ends.
constexpr absl::Duration kTimeToAnswer = absl::Milliseconds(250);

// Whether the span that began with the phase (lease, replay) is over, by the store's clock.
bool IsOver(const StoredFlow& stored) {
  return stored.remaining <= absl::Milliseconds(stored.flow.over_at_remaining_ms());
}

}  // namespace

Task<records::v1::Result> FlowMachine::Advance(ExchangeOrder order, bool denied) {
  const records::v1::Flow& flow = order.stored.flow;
  const bool same_verifier = EqualInConstantTime(Sha256(order.verifier), flow.verifier_hash());
  switch (flow.phase()) {
    case records::v1::PHASE_PENDING:
      if (denied) co_return co_await Deny(std::move(order));
      co_return co_await exchanges_.Join(std::move(order));
    case records::v1::PHASE_EXCHANGING:
      if (!same_verifier || denied) co_return AlreadyCompleted();
      if (IsOver(order.stored) || exchanges_.IsRunning(order.locator)) {
        co_return co_await exchanges_.Join(std::move(order));
      }
      co_return co_await WaitForOther(order.call.deadline);
    case records::v1::PHASE_DONE:
      if (IsOver(order.stored)) co_return co_await Forget(std::move(order));
      if (!same_verifier || denied) co_return AlreadyCompleted();
      co_return order.secrets.result();
    case records::v1::PHASE_FAILED:
      co_return ReplayedFailure(flow);
    default:
      co_return AlreadyCompleted();
  }
}

Task<records::v1::Result> FlowMachine::Deny(ExchangeOrder order) {
  const absl::Status denied = Fail(Reason::kUserDenied, "the user said no at the provider");
  records::v1::Flow next = order.stored.flow;
  next.set_phase(records::v1::PHASE_FAILED);
  WriteFailure(denied, next);
  CO_ASSIGN_OR_RETURN(StoredFlow sealed,
                      records_.SealFlow(*order.call.keyring, order.locator, std::move(next), order.stored.remaining));
  CO_ASSIGN_OR_RETURN(const bool replaced,
                      co_await records_.Replace(order.call, order.locator, order.stored.bytes, std::move(sealed)));
  if (!replaced) co_return absl::AbortedError("the flow moved on");
  co_return denied;
}

Task<records::v1::Result> FlowMachine::WaitForOther(Deadline deadline) {
  const absl::Duration pause = Jittered(backends_.environment, kPollPause);
  if (deadline.Remaining(backends_.environment) < kTimeToAnswer + pause) {
    co_return WithRetryAfter(Fail(Reason::kExchangeInProgress, "another replica is finishing this login; call again"),
                             absl::Seconds(1));
  }
  CO_RETURN_IF_ERROR(co_await Sleep(backends_.environment, pause));
  co_return absl::AbortedError("look again");
}

Task<records::v1::Result> FlowMachine::Forget(ExchangeOrder order) {
  records::v1::Flow next = order.stored.flow;
  next.set_phase(records::v1::PHASE_USED);
  // Made anew: what a later version keeps there may be a part of the answer.
  records::v1::FlowSecrets spent;
  spent.set_app_state(order.secrets.app_state());
  CO_ASSIGN_OR_RETURN(*next.mutable_inner(),
                      records_.SealSecrets(*order.call.keyring, order.locator, order.binding, spent));
  CO_ASSIGN_OR_RETURN(StoredFlow sealed,
                      records_.SealFlow(*order.call.keyring, order.locator, std::move(next), order.stored.remaining));
  // Whether this write wins or not, the flow is over.
  const absl::StatusOr<bool> replaced =
      co_await records_.Replace(order.call, order.locator, order.stored.bytes, std::move(sealed));
  static_cast<void>(replaced);
  co_return AlreadyCompleted();
}

}  // namespace oauth1d::flow
