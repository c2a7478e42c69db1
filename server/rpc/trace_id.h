// Which trace a call belongs to.
#ifndef OAUTH1D_SERVER_RPC_TRACE_ID_H_
#define OAUTH1D_SERVER_RPC_TRACE_ID_H_

#include <string>

#include "absl/strings/string_view.h"

namespace oauth1d::rpc {

// The trace id of a W3C `traceparent` (32 hex digits); empty if it is none.
std::string TraceIdOf(absl::string_view traceparent);

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_TRACE_ID_H_
