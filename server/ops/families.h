// Metrics in the words of the Prometheus text format.
#ifndef OAUTH1D_SERVER_OPS_FAMILIES_H_
#define OAUTH1D_SERVER_OPS_FAMILIES_H_

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace oauth1d::ops {

using Labels = std::vector<prometheus::ClientMetric::Label>;
using Families = std::vector<prometheus::MetricFamily>;

// One metric with all its series; kept in the order in which they are added.
class Family {
 public:
  Family(absl::string_view name, prometheus::MetricType type, absl::string_view help);

  void Count(Labels labels, double value);
  void Gauge(Labels labels, double value);
  void Histogram(Labels labels, prometheus::ClientMetric::Histogram histogram);

  // Once, when all are added. A metric without a series does not show.
  void AddTo(Families& families) &&;

 private:
  prometheus::MetricFamily family_;
};

// The text format, version 0.0.4.
std::string TextOf(const Families& families);

}  // namespace oauth1d::ops

#endif  // OAUTH1D_SERVER_OPS_FAMILIES_H_
