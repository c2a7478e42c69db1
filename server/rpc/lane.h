// A lane: one event loop with the stories that run on it. Lanes share no socket and no lock.
#ifndef OAUTH1D_SERVER_RPC_LANE_H_
#define OAUTH1D_SERVER_RPC_LANE_H_

#include "server/flow/authorizer.h"
#include "server/flow/call.h"
#include "server/flow/explainer.h"
#include "server/flow/flow_machine.h"
#include "server/flow/gate.h"
#include "server/flow/signed_caller.h"
#include "server/flow/streamed_caller.h"
#include "server/flow/token_keeper.h"

namespace oauth1d::rpc {

struct Lane {
  explicit Lane(flow::Backends backends)
      : loop(backends.loop),
        environment(backends.environment),
        quotas(backends.quotas),
        audit(backends.audit),
        metrics(backends.metrics),
        machine(backends),
        authorizer(backends, machine),
        keeper(backends, machine),
        signed_caller(backends, keeper),
        streamed_caller(backends, keeper),
        explainer(backends),
        backends_(backends) {}

  // The decision about a call that concerns no provider.
  Task<> EnterAlone(flow::Call call) { return flow::Enter(backends_, std::move(call), nullptr); }

  boost::asio::io_context& loop;
  Environment& environment;
  callers::Quotas& quotas;
  flow::AuditTrail& audit;
  ops::Metrics& metrics;
  flow::FlowMachine machine;
  flow::Authorizer authorizer;
  flow::TokenKeeper keeper;
  flow::SignedCaller signed_caller;
  flow::StreamedCaller streamed_caller;
  flow::Explainer explainer;

 private:
  flow::Backends backends_;
};

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_LANE_H_
