// A lane: one event loop with the stories that run on it. Lanes share no socket and no lock.
#ifndef OAUTH1D_SERVER_RPC_LANE_H_
#define OAUTH1D_SERVER_RPC_LANE_H_

#include "server/flow/authorizer.h"
#include "server/flow/call.h"
#include "server/flow/signed_caller.h"

namespace oauth1d::rpc {

struct Lane {
  explicit Lane(flow::Backends backends)
      : loop(backends.loop), environment(backends.environment), authorizer(backends), signed_caller(backends) {}

  boost::asio::io_context& loop;
  Environment& environment;
  flow::Authorizer authorizer;
  flow::SignedCaller signed_caller;
};

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_LANE_H_
