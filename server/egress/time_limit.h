// Why and when an exchange is given up.
#ifndef OAUTH1D_SERVER_EGRESS_TIME_LIMIT_H_
#define OAUTH1D_SERVER_EGRESS_TIME_LIMIT_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/base/deadline.h"
#include "server/base/environment.h"

namespace oauth1d::egress {

enum class Expiry {
  kDeadline,   // the caller's
  kPatience,   // what the caller lets this exchange take
  kConnect,    // no address took the connection
  kTunnel,     // the proxy does not open one
  kHandshake,  // TLS
  kSending,    // the provider does not read
  kFirstByte,  // no answer began
  kTooSlow,    // the answer trickles
  kStalled,    // a streamed answer stopped coming
};

// The error that it is.
absl::Status ExpiryError(Expiry expiry);

struct TimeLimit {
  TimeLimit(Deadline at, Expiry expiry) : at(at), expiry(expiry) {}

  // This one, or `other` within `time` if that is earlier.
  TimeLimit OrAfter(Environment& environment, absl::Duration time, Expiry other) const {
    if (at.Remaining(environment) <= time) return *this;
    return TimeLimit(Deadline::After(environment, time), other);
  }

  Deadline at;
  Expiry expiry;
};

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_TIME_LIMIT_H_
