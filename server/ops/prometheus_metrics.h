// The numbers of the service, kept for Prometheus.
#ifndef OAUTH1D_SERVER_OPS_PROMETHEUS_METRICS_H_
#define OAUTH1D_SERVER_OPS_PROMETHEUS_METRICS_H_

#include <array>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "server/ops/families.h"
#include "server/ops/metrics.h"
#include "server/ops/provider_series.h"

namespace oauth1d::ops {

// Counts only what it was told to know: methods at its making, providers by SetProviders. So no caller makes a series.
// What is counted is an atomic number behind a reader's lock, which waits only while a series is made.
class PrometheusMetrics : public Metrics {
 public:
  explicit PrometheusMetrics(absl::Span<const absl::string_view> methods);
  ~PrometheusMetrics() override;

  // The providers of the configuration, now and after each change of it. Their series begin at 0; those of others keep
  // their counts.
  void SetProviders(const std::vector<std::string>& names);

  // Everything that was counted so far.
  void AddTo(Families& families) const;

  void RpcEnded(absl::string_view method, absl::string_view code, absl::string_view reason,
                absl::Duration duration) override;
  void FlowIs(const std::string& provider, FlowOutcome outcome) override;
  void CallbackUnknown(const std::string& provider) override;
  void UpstreamEnded(const std::string& provider, UpstreamCall call, int http_status, absl::Duration duration) override;
  void UpstreamRepeated(const std::string& provider, RepeatReason reason) override;
  void SignatureRefused(const std::string& provider) override;
  void ClockOffsetIs(const std::string& provider, absl::Duration offset) override;
  void BreakerIs(const std::string& provider, BreakerState state) override;
  void StoreAnswered(StoreVerb verb, bool ok, absl::Duration duration) override;

 private:
  struct MethodSeries;
  struct StoreSeries;

  // Null: it is no provider of the configuration.
  ProviderSeries* Of(const std::string& provider);

  const std::map<std::string, std::unique_ptr<MethodSeries>, std::less<>> methods_;
  const std::unique_ptr<std::array<StoreSeries, 4>> store_;
  mutable absl::Mutex mutex_;
  // None is ever taken out, so pointers into it stay.
  absl::flat_hash_map<std::string, std::unique_ptr<ProviderSeries>> providers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oauth1d::ops

#endif  // OAUTH1D_SERVER_OPS_PROMETHEUS_METRICS_H_
