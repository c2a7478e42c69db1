#include "server/flow/login_counts.h"

#include <optional>

#include "server/base/failure.h"

namespace oauth1d::flow {
namespace {

bool IsKnown(const Call& call) { return call.owner->Find(call.facts->provider) != nullptr; }

// What the provider, the store or the service is to blame for. What a caller did wrong, or gave up, ends no login.
bool IsFailure(Reason reason) {
  switch (reason) {
    case Reason::kProviderRejected:
    case Reason::kConsumerRejected:
    case Reason::kCallbackNotConfirmed:
    case Reason::kBadTokenResponse:
    case Reason::kOutcomeUnknown:
    case Reason::kProviderUnreachable:
    case Reason::kProviderBusy:
    case Reason::kDestinationDenied:
    case Reason::kStoreUnavailable:
    case Reason::kStoreFull:
    case Reason::kKeyNotLoaded:
    case Reason::kRecordInvalid:
    case Reason::kInternal:
      return true;
    default:
      return false;
  }
}

std::optional<ops::FlowOutcome> OutcomeOf(const absl::Status& status, bool was_over) {
  const Reason reason = ReasonOf(status);
  if (reason == Reason::kBindingMismatch) return ops::FlowOutcome::kBindingMismatch;
  // One that has ended is told again, or not.
  if (was_over || reason == Reason::kAlreadyCompleted) return ops::FlowOutcome::kReplayed;
  if (status.ok()) return ops::FlowOutcome::kCompleted;
  if (reason == Reason::kUserDenied) return ops::FlowOutcome::kDenied;
  if (IsFailure(reason)) return ops::FlowOutcome::kFailed;
  return std::nullopt;
}

}  // namespace

void CountStart(Backends backends, const Call& call, const absl::Status& status) {
  if (!IsKnown(call)) return;
  if (status.ok()) backends.metrics.FlowIs(call.facts->provider, ops::FlowOutcome::kStarted);
  if (IsFailure(ReasonOf(status))) backends.metrics.FlowIs(call.facts->provider, ops::FlowOutcome::kFailed);
}

void CountComplete(Backends backends, const Call& call, const absl::Status& status) {
  if (!IsKnown(call)) return;
  if (ReasonOf(status) == Reason::kFlowNotFound) backends.metrics.CallbackUnknown(call.facts->provider);
  const std::optional<ops::FlowOutcome> outcome = OutcomeOf(status, call.facts->was_over);
  if (outcome.has_value()) backends.metrics.FlowIs(call.facts->provider, *outcome);
}

}  // namespace oauth1d::flow
