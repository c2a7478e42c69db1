// Metrics that keep what they are told.
#ifndef OAUTH1D_TESTS_FLOW_RECORDED_METRICS_H_
#define OAUTH1D_TESTS_FLOW_RECORDED_METRICS_H_

#include <string>
#include <utility>
#include <vector>

#include "server/ops/metrics.h"

namespace oauth1d::flow {

class RecordedMetrics : public ops::NoMetrics {
 public:
  struct Upstream {
    std::string provider;
    ops::UpstreamCall call;
    int http_status;
    absl::Duration duration;
  };
  struct Store {
    ops::StoreVerb verb;
    bool ok;
    absl::Duration duration;

    friend bool operator==(const Store&, const Store&) = default;
  };
  template <typename Value>
  using Told = std::vector<std::pair<std::string, Value>>;  // by provider

  void FlowIs(const std::string& provider, ops::FlowOutcome outcome) override { flows.emplace_back(provider, outcome); }
  void CallbackUnknown(const std::string& provider) override { unknown_callbacks.push_back(provider); }
  void UpstreamEnded(const std::string& provider, ops::UpstreamCall call, int http_status,
                     absl::Duration duration) override {
    upstream.push_back({provider, call, http_status, duration});
  }
  void UpstreamRepeated(const std::string& provider, ops::RepeatReason reason) override {
    repeats.emplace_back(provider, reason);
  }
  void SignatureRefused(const std::string& provider) override { refused_signatures.push_back(provider); }
  void ClockOffsetIs(const std::string& provider, absl::Duration offset) override {
    clock_offsets.emplace_back(provider, offset);
  }
  void BreakerIs(const std::string& provider, ops::BreakerState state) override {
    breakers.emplace_back(provider, state);
  }
  void StoreAnswered(ops::StoreVerb verb, bool ok, absl::Duration duration) override {
    store.push_back({verb, ok, duration});
  }

  Told<ops::FlowOutcome> flows;
  std::vector<std::string> unknown_callbacks;
  std::vector<Upstream> upstream;
  Told<ops::RepeatReason> repeats;
  std::vector<std::string> refused_signatures;
  Told<absl::Duration> clock_offsets;
  Told<ops::BreakerState> breakers;
  std::vector<Store> store;
};

}  // namespace oauth1d::flow

#endif  // OAUTH1D_TESTS_FLOW_RECORDED_METRICS_H_
