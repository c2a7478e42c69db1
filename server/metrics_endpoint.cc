#include "server/metrics_endpoint.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/ops/log.h"
#include "server/serving_parts.h"

namespace oauth1d {

bool MetricsEndpoint::Serve(const config::Metrics& metrics, std::function<std::string()> page) {
  if (metrics.address.empty()) return true;
  absl::StatusOr<rpc::Listener> listener = rpc::Listener::Open(metrics.address);
  absl::Status status = listener.status();
  if (listener.ok()) {
    listener_.emplace(*std::move(listener));
    absl::StatusOr<std::unique_ptr<ops::MetricsPort>> port =
        ops::MetricsPort::Serve(listener_->sockets(), std::move(page));
    status = port.status();
    if (port.ok()) {
      port_ = *std::move(port);
      ops::LogMetricsListening(listener_->address());
      return true;
    }
    listener_.reset();
  }
  if (metrics.configured) {
    ops::LogEvent(ops::Level::kError, "cannot_listen", absl::StrCat("metrics.address: ", status.message()));
    return false;
  }
  ops::LogEvent(
      ops::Level::kWarning, "metrics_not_served",
      absl::StrCat("metrics.address: ", status.message(), "; the service goes on without; name a free one, or `none`"));
  return true;
}

int MetricsEndpoint::port() const { return listener_.has_value() ? PortOf(listener_->address()) : 0; }

}  // namespace oauth1d
