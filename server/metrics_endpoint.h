// The page of metrics, where the configuration's `metrics.address` says.
#ifndef OAUTH1D_SERVER_METRICS_ENDPOINT_H_
#define OAUTH1D_SERVER_METRICS_ENDPOINT_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "server/config/snapshot.h"
#include "server/ops/metrics_port.h"
#include "server/rpc/listener.h"

namespace oauth1d {

class MetricsEndpoint {
 public:
  // Serves `page`, which is called on a thread of its own, until the end; and tells the log. False: the address that
  // the configuration names is not to be had; where it names none, the service does without.
  bool Serve(const config::Metrics& metrics, std::function<std::string()> page);

  // 0: nothing is served, or not by TCP.
  int port() const;

  // No page is asked for any more.
  void Stop() { port_.reset(); }

 private:
  std::optional<rpc::Listener> listener_;
  std::unique_ptr<ops::MetricsPort> port_;
};

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_METRICS_ENDPOINT_H_
