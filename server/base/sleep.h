// Waiting for time to pass.
#ifndef OAUTH1D_SERVER_BASE_SLEEP_H_
#define OAUTH1D_SERVER_BASE_SLEEP_H_

#include "absl/time/time.h"
#include "server/base/environment.h"
#include "server/base/task.h"

namespace oauth1d {

// OK after `time`; kCancelled if the coroutine was cancelled before.
Task<> Sleep(Environment& environment, absl::Duration time);

// A random part of `time`, at least half of it: replicas that failed together do not come back together.
absl::Duration Jittered(Environment& environment, absl::Duration time);

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_BASE_SLEEP_H_
