// How long things took, by buckets.
#ifndef OAUTH1D_SERVER_OPS_DURATION_HISTOGRAM_H_
#define OAUTH1D_SERVER_OPS_DURATION_HISTOGRAM_H_

#include <prometheus/client_metric.h>

#include <atomic>
#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"

namespace oauth1d::ops {

// Thread-safe without a lock: prometheus::Histogram has one, and a reader that is put to sleep while it holds it would
// hold up every call.
class DurationHistogram {
 public:
  // Upper bounds in seconds, rising; they outlive it.
  explicit DurationHistogram(absl::Span<const double> bounds) : bounds_(bounds), counts_(bounds.size() + 1) {}

  void Observe(absl::Duration duration);
  // What was observed so far; count and buckets agree, also while others observe.
  prometheus::ClientMetric::Histogram Read() const;

 private:
  const absl::Span<const double> bounds_;
  std::vector<std::atomic<uint64_t>> counts_;  // the last one: beyond all bounds
  std::atomic<int64_t> nanoseconds_ = 0;       // the sum: enough for 292 years
};

}  // namespace oauth1d::ops

#endif  // OAUTH1D_SERVER_OPS_DURATION_HISTOGRAM_H_
