// What the metrics hear of a login: once for each of its RPCs.
#ifndef OAUTH1D_SERVER_FLOW_LOGIN_COUNTS_H_
#define OAUTH1D_SERVER_FLOW_LOGIN_COUNTS_H_

#include "absl/status/status.h"
#include "server/flow/call.h"

namespace oauth1d::flow {

// Nothing is told where the owner has no provider of the call's name: that is a caller's own text.
void CountStart(Backends backends, const Call& call, const absl::Status& status);
void CountComplete(Backends backends, const Call& call, const absl::Status& status);

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_LOGIN_COUNTS_H_
