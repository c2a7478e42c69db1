// Which trace a call belongs to.
#ifndef OAUTH1D_SERVER_RPC_TRACEPARENT_H_
#define OAUTH1D_SERVER_RPC_TRACEPARENT_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "server/base/environment.h"
#include "server/flow/call.h"

namespace oauth1d::rpc {

// What a caller says of its own span.
struct Traceparent {
  std::string trace_id;
  std::string parent_span_id;
  bool sampled = false;
};

// A `traceparent` as W3C Trace Context (level 1) writes it; nothing if it is none: it is ignored as a whole then. Of
// versions beyond 00 what this one knows is read.
std::optional<Traceparent> ParseTraceparent(absl::string_view text);

// The trace of an RPC whose metadata has this `traceparent` (empty: none, a new trace begins), with a span id of its
// own.
flow::Trace TraceOf(absl::string_view traceparent, Environment& environment);

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_TRACEPARENT_H_
