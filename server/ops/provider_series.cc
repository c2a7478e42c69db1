#include "server/ops/provider_series.h"

#include <cmath>
#include <utility>

namespace oauth1d::ops {
namespace {

using prometheus::MetricType;

constexpr double kSeconds[] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};

// By the numbers of the enumerations in metrics.h.
constexpr std::array<const char*, ProviderSeries::kOutcomes> kOutcomeNames = {
    "started", "completed", "denied", "replayed", "failed", "binding_mismatch"};
constexpr std::array<const char*, ProviderSeries::kCalls> kCallNames = {"temporary_credentials", "token_credentials",
                                                                        "api"};
constexpr std::array<const char*, ProviderSeries::kClasses> kClassNames = {"2xx", "3xx", "4xx", "5xx", "none"};
constexpr std::array<const char*, ProviderSeries::kRepeats> kRepeatNames = {"busy", "unsent", "clock", "nonce",
                                                                            "renewed"};

}  // namespace

ProviderSeries::ProviderSeries()
    : durations{DurationHistogram(kSeconds), DurationHistogram(kSeconds), DurationHistogram(kSeconds)} {}

size_t ClassOf(int http_status) {
  const int hundreds = http_status / 100;
  return hundreds >= 2 && hundreds <= 5 ? static_cast<size_t>(hundreds - 2) : ProviderSeries::kClasses - 1;
}

ProviderFamilies::ProviderFamilies()
    : flows_("oauth1d_flows_total", MetricType::Counter, "Logins by how they went on."),
      unknown_callbacks_("oauth1d_unknown_callbacks_total", MetricType::Counter,
                         "Callbacks for logins that are not there: expired, invented, or another owner's."),
      durations_("oauth1d_upstream_duration_seconds", MetricType::Histogram,
                 "Requests to providers, from the first byte to the end of the answer."),
      answers_("oauth1d_upstream_answers_total", MetricType::Counter,
               "Requests to providers by the class of the answer's HTTP status; none: no answer came."),
      repeats_("oauth1d_upstream_repeats_total", MetricType::Counter,
               "Requests that were signed and sent once more, by the reason."),
      signature_refusals_("oauth1d_signature_refusals_total", MetricType::Counter,
                          "Answers in which the provider said that a signature is wrong."),
      breakers_("oauth1d_breaker_state", MetricType::Gauge,
                "Whether requests to the provider are tried: 0 all, 1 one to see, 2 none."),
      clock_offsets_("oauth1d_clock_offset_seconds", MetricType::Gauge,
                     "The provider's clock less ours, where it was learned.") {}

void ProviderFamilies::Add(const std::string& provider, const ProviderSeries& series) {
  for (size_t i = 0; i < ProviderSeries::kOutcomes; ++i) {
    flows_.Count({{"provider", provider}, {"outcome", kOutcomeNames[i]}}, static_cast<double>(series.flows[i]));
  }
  unknown_callbacks_.Count({{"provider", provider}}, static_cast<double>(series.unknown_callbacks));
  for (size_t i = 0; i < ProviderSeries::kCalls; ++i) {
    const Labels labels = {{"provider", provider}, {"call", kCallNames[i]}};
    prometheus::ClientMetric::Histogram durations = series.durations[i].Read();
    // Seventeen lines each: only for calls that are made.
    if (durations.sample_count > 0) durations_.Histogram(labels, std::move(durations));
    for (size_t j = 0; j < ProviderSeries::kClasses; ++j) {
      Labels with_class = labels;
      with_class.push_back({"class", kClassNames[j]});
      answers_.Count(std::move(with_class), static_cast<double>(series.answers[i][j]));
    }
  }
  for (size_t i = 0; i < ProviderSeries::kRepeats; ++i) {
    repeats_.Count({{"provider", provider}, {"why", kRepeatNames[i]}}, static_cast<double>(series.repeats[i]));
  }
  signature_refusals_.Count({{"provider", provider}}, static_cast<double>(series.signature_refusals));
  if (!series.configured) return;
  breakers_.Gauge({{"provider", provider}}, series.breaker);
  const double offset = series.clock_offset;
  if (!std::isnan(offset)) clock_offsets_.Gauge({{"provider", provider}}, offset);
}

void ProviderFamilies::AddTo(Families& families) && {
  for (Family* const family : {&flows_, &unknown_callbacks_, &durations_, &answers_, &repeats_, &signature_refusals_,
                               &breakers_, &clock_offsets_}) {
    std::move(*family).AddTo(families);
  }
}

}  // namespace oauth1d::ops
