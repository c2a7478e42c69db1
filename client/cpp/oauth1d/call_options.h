// What can be told with each call.
#ifndef OAUTH1D_CALL_OPTIONS_H_
#define OAUTH1D_CALL_OPTIONS_H_

#include <string>

#include "absl/time/time.h"
#include "oauth1d/cancellation.h"

namespace oauth1d {

struct CallOptions {
  // The call, with its retries, ends within this time. Zero: 35 s for SignedRequest and CompleteAuthorization, an hour
  // for a stream, 20 s for the others. The service itself takes 30 s at most for all but streams.
  absl::Duration timeout = absl::ZeroDuration();
  // The W3C trace context of the request that is being served, as it came: it is passed on, so that the service's log
  // names the same trace. What is no traceparent is left out.
  std::string traceparent;
  // Stops the call; may be null. Must outlive the call.
  Cancellation* cancellation = nullptr;
};

}  // namespace oauth1d

#endif  // OAUTH1D_CALL_OPTIONS_H_
