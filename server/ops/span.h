// A stretch of time within a trace (W3C Trace Context), as it is told.
#ifndef OAUTH1D_SERVER_OPS_SPAN_H_
#define OAUTH1D_SERVER_OPS_SPAN_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace oauth1d::ops {

// The ids in lower case hexadecimal. Nothing in it is a caller's text.
struct Span {
  absl::string_view name;  // of an RPC, or `upstream`
  std::string trace_id;
  std::string span_id;
  std::string parent_span_id;  // empty: the trace begins here
  absl::Time start;
  absl::Duration duration;
  std::string provider;    // empty: none that the owner has
  absl::string_view call;  // of an upstream request: what for
  int http_status = 0;     // 0: no answer
};

}  // namespace oauth1d::ops

#endif  // OAUTH1D_SERVER_OPS_SPAN_H_
