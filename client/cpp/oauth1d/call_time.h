// When a call ends, on the clock that nobody sets.
#ifndef OAUTH1D_CALL_TIME_H_
#define OAUTH1D_CALL_TIME_H_

#include <grpc/support/time.h>
#include <grpcpp/support/time.h>

#include "absl/time/time.h"

namespace oauth1d {

// An absolute time on the monotonic clock.
class CallTime {
 public:
  explicit CallTime(absl::Duration timeout)
      : end_(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                          gpr_time_from_nanos(absl::ToInt64Nanoseconds(timeout), GPR_TIMESPAN))) {}

  absl::Duration remaining() const {
    const gpr_timespec left = gpr_time_sub(end_, gpr_now(GPR_CLOCK_MONOTONIC));
    return absl::Seconds(left.tv_sec) + absl::Nanoseconds(left.tv_nsec);
  }
  // For ClientContext::set_deadline; `grace` later than the end.
  gpr_timespec For(absl::Duration grace) const {
    return gpr_time_add(end_, gpr_time_from_nanos(absl::ToInt64Nanoseconds(grace), GPR_TIMESPAN));
  }

 private:
  gpr_timespec end_;
};

}  // namespace oauth1d

#endif  // OAUTH1D_CALL_TIME_H_
