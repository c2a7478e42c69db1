#include "server/ops/families.h"

#include <prometheus/text_serializer.h>

#include <sstream>
#include <utility>

namespace oauth1d::ops {

Family::Family(absl::string_view name, prometheus::MetricType type, absl::string_view help) {
  family_.name = std::string(name);
  family_.help = std::string(help);
  family_.type = type;
}

void Family::Count(Labels labels, double value) {
  prometheus::ClientMetric& metric = family_.metric.emplace_back();
  metric.label = std::move(labels);
  metric.counter.value = value;
}

void Family::Gauge(Labels labels, double value) {
  prometheus::ClientMetric& metric = family_.metric.emplace_back();
  metric.label = std::move(labels);
  metric.gauge.value = value;
}

void Family::Histogram(Labels labels, prometheus::ClientMetric::Histogram histogram) {
  prometheus::ClientMetric& metric = family_.metric.emplace_back();
  metric.label = std::move(labels);
  metric.histogram = std::move(histogram);
}

void Family::AddTo(Families& families) && {
  if (!family_.metric.empty()) families.push_back(std::move(family_));
}

std::string TextOf(const Families& families) {
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, families);
  return std::move(text).str();
}

}  // namespace oauth1d::ops
