// How every line of the log and of the audit begins.
#ifndef OAUTH1D_SERVER_OPS_EVENT_LINE_H_
#define OAUTH1D_SERVER_OPS_EVENT_LINE_H_

#include "absl/strings/string_view.h"
#include "server/ops/json_line.h"

namespace oauth1d::ops {

// {"time":"2006-01-02T15:04:05.000Z","level":…,"event":… ; both texts are names of ours.
JsonLine BeginEventLine(absl::string_view level, absl::string_view event);

}  // namespace oauth1d::ops

#endif  // OAUTH1D_SERVER_OPS_EVENT_LINE_H_
