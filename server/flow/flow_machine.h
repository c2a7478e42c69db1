// The states of a flow and the steps between them: PENDING, EXCHANGING, DONE or FAILED, USED.
#ifndef OAUTH1D_SERVER_FLOW_FLOW_MACHINE_H_
#define OAUTH1D_SERVER_FLOW_FLOW_MACHINE_H_

#include "oauth1d/records/v1/records.pb.h"
#include "server/base/task.h"
#include "server/flow/call.h"
#include "server/flow/exchange.h"
#include "server/flow/flow_records.h"

namespace oauth1d::flow {

// No step leads out of this one: its answer is told again, or no longer.
inline bool IsEnd(records::v1::Phase phase) {
  return phase == records::v1::PHASE_DONE || phase == records::v1::PHASE_FAILED || phase == records::v1::PHASE_USED;
}

// Logins and renewals alike. One for each event loop, so that the callers of one flow meet.
class FlowMachine {
 public:
  explicit FlowMachine(Backends backends)
      : backends_(backends), records_(backends.environment, backends.store), exchanges_(backends) {}

  // One look at the flow and what follows from it: the answer, or why there is none. `denied`: the user said no.
  // Errors: kAborted: it moved on meanwhile, load it and look again. USER_DENIED, ALREADY_COMPLETED,
  // EXCHANGE_IN_PROGRESS, OUTCOME_UNKNOWN, those of TokenCalls, STORE_UNAVAILABLE.
  Task<records::v1::Result> Advance(ExchangeOrder order, bool denied);

  // Exchanges that have not ended; a shutdown waits for them.
  size_t running_exchanges() const { return exchanges_.running(); }

 private:
  Task<records::v1::Result> Deny(ExchangeOrder order);
  // Waits a moment for another replica's exchange.
  Task<records::v1::Result> WaitForOther(Deadline deadline);
  // Wipes an answer whose time of replay is over.
  Task<records::v1::Result> Forget(ExchangeOrder order);

  Backends backends_;
  FlowRecords records_;
  Exchanges exchanges_;
};

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_FLOW_MACHINE_H_
