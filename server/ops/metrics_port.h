// GET /metrics over HTTP/1.1, for scrapers.
#ifndef OAUTH1D_SERVER_OPS_METRICS_PORT_H_
#define OAUTH1D_SERVER_OPS_METRICS_PORT_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace oauth1d::ops {

// A thread of its own, which shares nothing with calls but what `text` reads. Plain HTTP, one request a connection.
// Whoever is slow or many holds up nobody: there are kConnections at most, and the oldest makes room for a new one;
// each has kPatience; and the text is made a hundred times a second at most, for all who wait.
class MetricsPort {
 public:
  static constexpr size_t kConnections = 64;

  // Serves at once. `sockets` listen and do not block; they stay the caller's. `text` is called on the port's thread.
  // Errors: kUnavailable: no descriptor is left.
  static absl::StatusOr<std::unique_ptr<MetricsPort>> Serve(const std::vector<int>& sockets,
                                                            std::function<std::string()> text);
  MetricsPort(const MetricsPort&) = delete;
  MetricsPort& operator=(const MetricsPort&) = delete;
  // Closes all connections.
  ~MetricsPort();

 private:
  class Thread;
  explicit MetricsPort(std::unique_ptr<Thread> thread);
  const std::unique_ptr<Thread> thread_;
};

}  // namespace oauth1d::ops

#endif  // OAUTH1D_SERVER_OPS_METRICS_PORT_H_
