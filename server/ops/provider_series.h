// The numbers of one provider.
#ifndef OAUTH1D_SERVER_OPS_PROVIDER_SERIES_H_
#define OAUTH1D_SERVER_OPS_PROVIDER_SERIES_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/strings/string_view.h"
#include "server/ops/duration_histogram.h"
#include "server/ops/families.h"
#include "server/ops/metrics.h"

namespace oauth1d::ops {

using Count = std::atomic<uint64_t>;

// All fields are for any thread.
struct ProviderSeries {
  static constexpr size_t kOutcomes = 6;
  static constexpr size_t kCalls = 3;
  static constexpr size_t kClasses = 5;  // 2xx 3xx 4xx 5xx none
  static constexpr size_t kRepeats = 5;

  ProviderSeries();

  std::array<Count, kOutcomes> flows{};
  Count unknown_callbacks = 0;
  std::array<DurationHistogram, kCalls> durations;
  std::array<std::array<Count, kClasses>, kCalls> answers{};
  std::array<Count, kRepeats> repeats{};
  Count signature_refusals = 0;
  std::atomic<int> breaker = 0;
  std::atomic<double> clock_offset = std::numeric_limits<double>::quiet_NaN();  // until it is known
  std::atomic<bool> configured = true;  // counts stay when a provider goes; what is true now goes with it
};

// The class of an HTTP status, by its place in kClasses.
size_t ClassOf(int http_status);

// Collects the series of many providers, metric by metric.
class ProviderFamilies {
 public:
  ProviderFamilies();
  void Add(const std::string& provider, const ProviderSeries& series);
  void AddTo(Families& families) &&;

 private:
  Family flows_;
  Family unknown_callbacks_;
  Family durations_;
  Family answers_;
  Family repeats_;
  Family signature_refusals_;
  Family breakers_;
  Family clock_offsets_;
};

}  // namespace oauth1d::ops

#endif  // OAUTH1D_SERVER_OPS_PROVIDER_SERIES_H_
