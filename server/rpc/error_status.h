// The one table that turns an absl::Status into what callers see: a gRPC code, a reason, and google.rpc details.
#ifndef OAUTH1D_SERVER_RPC_ERROR_STATUS_H_
#define OAUTH1D_SERVER_RPC_ERROR_STATUS_H_

#include <grpcpp/support/status.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/base/failure.h"

namespace oauth1d::rpc {

// The reason of a status: its own, or the one that fits its code where no room gave one.
Reason EffectiveReason(const absl::Status& status);
// E.g. FLOW_NOT_FOUND; empty for OK.
std::string ReasonName(const absl::Status& status);
// no, maybe or yes.
absl::string_view SentName(Sent sent);

// `provider` is the name that the caller gave, if it gave one. Details stay within the 8 KiB that clients take as
// trailing metadata.
grpc::Status ToGrpcStatus(const absl::Status& status, absl::string_view provider);

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_ERROR_STATUS_H_
