#include "server/ops/prometheus_metrics.h"

#include <algorithm>
#include <vector>

namespace oauth1d::ops {
namespace {

using prometheus::MetricType;

constexpr double kRpcSeconds[] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
constexpr double kStoreSeconds[] = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25};
constexpr std::array<const char*, 4> kVerbNames = {"put", "get", "swap", "erase"};  // by the numbers of StoreVerb
constexpr absl::string_view kOk = "OK";

}  // namespace

struct PrometheusMetrics::MethodSeries {
  MethodSeries() : durations(kRpcSeconds) { ends[{std::string(kOk), ""}]; }

  // By code and reason. Both are names of ours: there are at most some dozens.
  struct ByName {
    using is_transparent = void;
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return std::pair<absl::string_view, absl::string_view>(a) < std::pair<absl::string_view, absl::string_view>(b);
    }
  };

  Count& EndsBy(absl::string_view code, absl::string_view reason) {
    const std::pair name(code, reason);
    {
      const absl::ReaderMutexLock lock(&mutex);
      if (const auto found = ends.find(name); found != ends.end()) return found->second;
    }
    const absl::MutexLock lock(&mutex);
    return ends[{std::string(code), std::string(reason)}];
  }

  DurationHistogram durations;
  absl::Mutex mutex;
  std::map<std::pair<std::string, std::string>, Count, ByName> ends ABSL_GUARDED_BY(mutex);
};

struct PrometheusMetrics::StoreSeries {
  DurationHistogram durations{kStoreSeconds};
  Count errors = 0;
};

PrometheusMetrics::PrometheusMetrics(absl::Span<const absl::string_view> methods)
    : methods_([&] {
        std::map<std::string, std::unique_ptr<MethodSeries>, std::less<>> by_name;
        for (const absl::string_view method : methods) by_name[std::string(method)] = std::make_unique<MethodSeries>();
        return by_name;
      }()),
      store_(std::make_unique<std::array<StoreSeries, 4>>()) {}

PrometheusMetrics::~PrometheusMetrics() = default;

void PrometheusMetrics::SetProviders(const std::vector<std::string>& names) {
  const absl::MutexLock lock(&mutex_);
  for (const auto& [name, series] : providers_) series->configured = std::count(names.begin(), names.end(), name) > 0;
  for (const std::string& name : names) {
    std::unique_ptr<ProviderSeries>& series = providers_[name];
    if (series == nullptr) series = std::make_unique<ProviderSeries>();
  }
}

void PrometheusMetrics::AddTo(Families& families) const {
  Family rpcs("oauth1d_rpcs_total", MetricType::Counter, "RPCs that have ended; the reason is empty for OK.");
  Family rpc_durations("oauth1d_rpc_duration_seconds", MetricType::Histogram,
                       "RPCs that have ended, by what they took.");
  for (const auto& [method, series] : methods_) {
    const absl::ReaderMutexLock lock(&series->mutex);
    for (const auto& [end, count] : series->ends) {
      rpcs.Count({{"method", method}, {"code", end.first}, {"reason", end.second}}, static_cast<double>(count));
    }
    rpc_durations.Histogram({{"method", method}}, series->durations.Read());
  }
  Family store_durations("oauth1d_store_duration_seconds", MetricType::Histogram, "Turns with the store.");
  Family store_errors("oauth1d_store_errors_total", MetricType::Counter,
                      "Turns with the store that failed: it did not answer, or had no room.");
  for (size_t i = 0; i < kVerbNames.size(); ++i) {
    store_durations.Histogram({{"verb", kVerbNames[i]}}, (*store_)[i].durations.Read());
    store_errors.Count({{"verb", kVerbNames[i]}}, static_cast<double>((*store_)[i].errors));
  }
  std::map<std::string, const ProviderSeries*> providers;
  {
    const absl::ReaderMutexLock lock(&mutex_);
    for (const auto& [name, series] : providers_) providers[name] = series.get();
  }
  ProviderFamilies of_providers;
  for (const auto& [name, series] : providers) of_providers.Add(name, *series);
  std::move(rpcs).AddTo(families);
  std::move(rpc_durations).AddTo(families);
  std::move(of_providers).AddTo(families);
  std::move(store_durations).AddTo(families);
  std::move(store_errors).AddTo(families);
}

ProviderSeries* PrometheusMetrics::Of(const std::string& provider) {
  const absl::ReaderMutexLock lock(&mutex_);
  const auto found = providers_.find(provider);
  return found != providers_.end() ? found->second.get() : nullptr;
}

void PrometheusMetrics::RpcEnded(absl::string_view method, absl::string_view code, absl::string_view reason,
                                 absl::Duration duration) {
  const auto found = methods_.find(method);
  if (found == methods_.end()) return;
  ++found->second->EndsBy(code, reason);
  found->second->durations.Observe(duration);
}

void PrometheusMetrics::FlowIs(const std::string& provider, FlowOutcome outcome) {
  if (ProviderSeries* const series = Of(provider)) ++series->flows[static_cast<size_t>(outcome)];
}

void PrometheusMetrics::CallbackUnknown(const std::string& provider) {
  if (ProviderSeries* const series = Of(provider)) ++series->unknown_callbacks;
}

void PrometheusMetrics::UpstreamEnded(const std::string& provider, UpstreamCall call, int http_status,
                                      absl::Duration duration) {
  ProviderSeries* const series = Of(provider);
  if (series == nullptr) return;
  ++series->answers[static_cast<size_t>(call)][ClassOf(http_status)];
  series->durations[static_cast<size_t>(call)].Observe(duration);
}

void PrometheusMetrics::UpstreamRepeated(const std::string& provider, RepeatReason reason) {
  if (ProviderSeries* const series = Of(provider)) ++series->repeats[static_cast<size_t>(reason)];
}

void PrometheusMetrics::SignatureRefused(const std::string& provider) {
  if (ProviderSeries* const series = Of(provider)) ++series->signature_refusals;
}

void PrometheusMetrics::ClockOffsetIs(const std::string& provider, absl::Duration offset) {
  if (ProviderSeries* const series = Of(provider)) series->clock_offset = absl::ToDoubleSeconds(offset);
}

void PrometheusMetrics::BreakerIs(const std::string& provider, BreakerState state) {
  if (ProviderSeries* const series = Of(provider)) series->breaker = static_cast<int>(state);
}

void PrometheusMetrics::StoreAnswered(StoreVerb verb, bool ok, absl::Duration duration) {
  StoreSeries& series = (*store_)[static_cast<size_t>(verb)];
  series.durations.Observe(duration);
  if (!ok) ++series.errors;
}

}  // namespace oauth1d::ops
