#include "server/ops/drop_notice.h"

#include <utility>

#include "server/ops/event_line.h"

namespace oauth1d::ops {

std::string DropNotice(const UntoldDrops& untold) {
  std::string notice;
  for (const LineSource source : {LineSource::kLog, LineSource::kAudit}) {
    const uint64_t count = untold[static_cast<size_t>(source)];
    if (count == 0) continue;
    JsonLine line = BeginEventLine("warning", source == LineSource::kLog ? "log_dropped" : "audit_dropped");
    line.Add("count", static_cast<int64_t>(count));
    notice += std::move(line).Done() + "\n";
  }
  return notice;
}

}  // namespace oauth1d::ops
