// How long each part of an exchange may take, and how large an answer's head may be.
#ifndef OAUTH1D_SERVER_EGRESS_HTTP_LIMITS_H_
#define OAUTH1D_SERVER_EGRESS_HTTP_LIMITS_H_

#include <cstddef>

#include "absl/time/time.h"

namespace oauth1d::egress {

struct HttpLimits {
  HttpLimits() {}

  absl::Duration connect = absl::Seconds(2);  // over all addresses
  absl::Duration tunnel = absl::Seconds(4);   // a proxy looks the name up, and connects
  absl::Duration handshake = absl::Seconds(3);
  absl::Duration sending = absl::Seconds(10);     // without a byte taken
  absl::Duration first_byte = absl::Seconds(10);  // after the whole request
  absl::Duration stall = absl::Seconds(10);       // of a streamed exchange: no byte either way
  // An answer that brings less than so much within so long is given up: 256 bytes a second.
  absl::Duration slow_window = absl::Seconds(5);
  size_t slow_bytes = size_t{5} * 256;
  size_t answer_head_bytes = size_t{32} * 1024;
  size_t answer_head_fields = 100;
};

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_HTTP_LIMITS_H_
