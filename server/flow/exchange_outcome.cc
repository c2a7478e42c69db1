#include "server/flow/exchange_outcome.h"

#include <utility>

#include "server/base/failure.h"

namespace oauth1d::flow {
namespace {

absl::Status OutcomeUnknown(const absl::Status& error) {
  absl::Status status = Fail(Reason::kOutcomeUnknown,
                             "the provider may or may not have completed this login; begin it anew if this goes on");
  status = WithSent(std::move(status), SentOf(error) == Sent::kNo ? Sent::kMaybe : SentOf(error));
  status = WithHttpStatus(std::move(status), HttpStatusOf(error));
  status = WithOAuthAdvice(std::move(status), OAuthAdviceOf(error));
  return WithOAuthProblem(std::move(status), OAuthProblemOf(error));
}

}  // namespace

ExchangeOutcome JudgeExchange(const absl::Status& error, bool maybe_exchanged, const records::v1::Flow& flow) {
  switch (ReasonOf(error)) {
    case Reason::kProviderRejected:
    case Reason::kConsumerRejected:
      // The old token may be tried again for as long as its record lives: an operator may mend what was refused.
      if (flow.renewal()) return {maybe_exchanged ? OutcomeUnknown(error) : error, records::v1::PHASE_PENDING};
      if (maybe_exchanged) return {OutcomeUnknown(error), records::v1::PHASE_FAILED};
      if (flow.out_of_band() && flow.refused_pins() + 1 < kMostPins) return {error, records::v1::PHASE_PENDING};
      return {error, records::v1::PHASE_FAILED};
    case Reason::kBadTokenResponse:
      return {error, flow.renewal() ? records::v1::PHASE_PENDING : records::v1::PHASE_FAILED};
    default:
      break;
  }
  if (maybe_exchanged || SentOf(error) != Sent::kNo) return {OutcomeUnknown(error), records::v1::PHASE_EXCHANGING};
  return {error, records::v1::PHASE_PENDING};
}

absl::Status ReplayedFailure(const records::v1::Flow& flow) {
  const auto reason = static_cast<Reason>(flow.failure_reason());
  absl::Status status = Fail(reason, reason == Reason::kUserDenied ? "the user said no at the provider"
                                                                   : "this login ended without a token; begin it anew");
  status = WithHttpStatus(std::move(status), flow.failure_http_status());
  status = WithSent(std::move(status), static_cast<Sent>(flow.failure_sent()));
  status = WithOAuthAdvice(std::move(status), flow.failure_advice());
  return WithOAuthProblem(std::move(status), flow.failure_oauth_problem());
}

void WriteFailure(const absl::Status& status, records::v1::Flow& flow) {
  flow.set_failure_reason(static_cast<int>(ReasonOf(status)));
  flow.set_failure_http_status(HttpStatusOf(status));
  flow.set_failure_sent(static_cast<int>(SentOf(status)));
  flow.set_failure_oauth_problem(OAuthProblemOf(status));
  flow.set_failure_advice(OAuthAdviceOf(status));
}

absl::Status AlreadyCompleted() {
  return Fail(Reason::kAlreadyCompleted, "this login was finished before; if it was not you, somebody else used it");
}

}  // namespace oauth1d::flow
