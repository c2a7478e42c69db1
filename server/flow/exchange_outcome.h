// How an exchange that gave no token ends: the table of design decisions, without any I/O.
#ifndef OAUTH1D_SERVER_FLOW_EXCHANGE_OUTCOME_H_
#define OAUTH1D_SERVER_FLOW_EXCHANGE_OUTCOME_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "oauth1d/records/v1/records.pb.h"

namespace oauth1d::flow {

// How long one attempt holds a flow. Longer than an exchange can take (15 s), so a lease that is over means that
// its replica is gone.
inline constexpr absl::Duration kLease = absl::Seconds(20);
// How long a finished answer is replayed to the same browser and verifier.
inline constexpr absl::Duration kReplay = absl::Seconds(120);
// How long the answer of a renewal is replayed to whoever holds the old token.
inline constexpr absl::Duration kRenewalLife = absl::Hours(24);
// Refused PINs before a flow ends.
inline constexpr int kMostPins = 3;

struct ExchangeOutcome {
  absl::Status told;  // to the caller
  // What the flow becomes:
  // PENDING: provably nothing was burnt, the same call may come again;
  // FAILED: replays its reason;
  // EXCHANGING: nobody knows. The lease runs out, and the next attempt exchanges again, which is never worse.
  records::v1::Phase phase;
};

// `error` is what the last try ended in; `maybe_exchanged`: an earlier try, of this attempt or of one before, may have
// reached the provider, so a refusal proves nothing.
ExchangeOutcome JudgeExchange(const absl::Status& error, bool maybe_exchanged, const records::v1::Flow& flow);

// The error that a FAILED flow replays, and how it is written.
absl::Status ReplayedFailure(const records::v1::Flow& flow);
void WriteFailure(const absl::Status& status, records::v1::Flow& flow);

absl::Status AlreadyCompleted();

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_EXCHANGE_OUTCOME_H_
