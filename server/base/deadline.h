// When to stop waiting: a moment on the monotonic clock, so that a jump of the wall clock moves nothing.
#ifndef OAUTH1D_SERVER_BASE_DEADLINE_H_
#define OAUTH1D_SERVER_BASE_DEADLINE_H_

#include <algorithm>

#include "absl/time/time.h"
#include "server/base/environment.h"

namespace oauth1d {

class Deadline {
 public:
  static Deadline After(Environment& environment, absl::Duration time) { return Deadline(environment.Uptime() + time); }
  // The earlier of this one and `time` from now.
  Deadline OrAfter(Environment& environment, absl::Duration time) const {
    return Deadline(std::min(at_, environment.Uptime() + time));
  }
  // Never negative.
  absl::Duration Remaining(Environment& environment) const {
    return std::max(at_ - environment.Uptime(), absl::ZeroDuration());
  }
  bool Passed(Environment& environment) const { return environment.Uptime() >= at_; }

 private:
  explicit Deadline(absl::Duration at) : at_(at) {}

  absl::Duration at_;  // on Environment::Uptime
};

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_BASE_DEADLINE_H_
