#include "server/ops/event_line.h"

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace oauth1d::ops {

JsonLine BeginEventLine(absl::string_view level, absl::string_view event) {
  JsonLine line;
  line.Add("time", absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone()))
      .Add("level", level)
      .Add("event", event);
  return line;
}

}  // namespace oauth1d::ops
