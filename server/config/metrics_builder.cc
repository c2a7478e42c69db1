#include "server/config/metrics_builder.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/config/addresses.h"

namespace oauth1d::config {

Metrics BuildMetrics(const v1::Metrics& from, const Place& place) {
  Metrics to;
  to.configured = place.findings().IsWritten(place.PathOf("address"));
  if (from.address() == "none") return to;
  if (absl::StartsWith(from.address(), "unix:")) {
    place.Fault("address", "must be host:port or [v6]:port, or none: Prometheus reads no Unix socket");
  } else if (const absl::Status status = CheckListenAddress(from.address()); !status.ok()) {
    place.Fault("address", absl::StrCat(status.message(), ", not ", Quoted(from.address()), "; none: no metrics"));
  } else {
    to.address = from.address();
  }
  return to;
}

}  // namespace oauth1d::config
