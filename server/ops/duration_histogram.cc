#include "server/ops/duration_histogram.h"

#include <algorithm>
#include <limits>

namespace oauth1d::ops {

void DurationHistogram::Observe(absl::Duration duration) {
  duration = std::max(duration, absl::ZeroDuration());
  const auto bound = std::lower_bound(bounds_.begin(), bounds_.end(), absl::ToDoubleSeconds(duration));
  counts_[bound - bounds_.begin()].fetch_add(1, std::memory_order_relaxed);
  nanoseconds_.fetch_add(absl::ToInt64Nanoseconds(duration), std::memory_order_relaxed);
}

prometheus::ClientMetric::Histogram DurationHistogram::Read() const {
  prometheus::ClientMetric::Histogram histogram;
  uint64_t count = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    count += counts_[i].load(std::memory_order_relaxed);
    const double bound = i < bounds_.size() ? bounds_[i] : std::numeric_limits<double>::infinity();
    histogram.bucket.push_back({count, bound});
  }
  histogram.sample_count = count;
  histogram.sample_sum = static_cast<double>(nanoseconds_.load(std::memory_order_relaxed)) / 1e9;
  return histogram;
}

}  // namespace oauth1d::ops
