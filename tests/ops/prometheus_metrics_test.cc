#include "server/ops/prometheus_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/ops/families.h"
#include "server/ops/metrics_request.h"

namespace oauth1d::ops {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::string_view kMethods[] = {"StartAuthorization", "SignedRequest"};

class PrometheusMetricsTest : public ::testing::Test {
 protected:
  PrometheusMetricsTest() : metrics_(kMethods) { metrics_.SetProviders({"twitter"}); }

  std::string Page() const {
    Families families;
    metrics_.AddTo(families);
    return TextOf(families);
  }

  PrometheusMetrics metrics_;
};

TEST_F(PrometheusMetricsTest, AProvidersSeriesAreThereBeforeAnythingHappened) {
  EXPECT_THAT(Page(), HasSubstr("oauth1d_flows_total{provider=\"twitter\",outcome=\"completed\"} 0\n"));
  EXPECT_THAT(Page(), HasSubstr("oauth1d_signature_refusals_total{provider=\"twitter\"} 0\n"));
}

TEST_F(PrometheusMetricsTest, WhatHappensIsCountedWhereItBelongs) {
  metrics_.FlowIs("twitter", FlowOutcome::kStarted);
  metrics_.FlowIs("twitter", FlowOutcome::kCompleted);
  metrics_.RpcEnded("SignedRequest", "OK", "", absl::Milliseconds(3));
  metrics_.RpcEnded("SignedRequest", "UNAVAILABLE", "PROVIDER_UNREACHABLE", absl::Milliseconds(3));
  metrics_.UpstreamEnded("twitter", UpstreamCall::kApi, 503, absl::Milliseconds(3));
  metrics_.BreakerIs("twitter", BreakerState::kOpen);
  metrics_.ClockOffsetIs("twitter", absl::Seconds(-90));
  metrics_.StoreAnswered(StoreVerb::kSwap, false, absl::Milliseconds(250));
  const std::string page = Page();
  EXPECT_THAT(page, HasSubstr("oauth1d_flows_total{provider=\"twitter\",outcome=\"started\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("oauth1d_rpcs_total{method=\"SignedRequest\",code=\"OK\",reason=\"\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("code=\"UNAVAILABLE\",reason=\"PROVIDER_UNREACHABLE\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("oauth1d_upstream_answers_total{provider=\"twitter\",call=\"api\",class=\"5xx\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("oauth1d_breaker_state{provider=\"twitter\"} 2\n"));
  EXPECT_THAT(page, HasSubstr("oauth1d_clock_offset_seconds{provider=\"twitter\"} -90\n"));
  EXPECT_THAT(page, HasSubstr("oauth1d_store_errors_total{verb=\"swap\"} 1\n"));
}

TEST_F(PrometheusMetricsTest, WhatNobodyConfiguredMakesNoSeries) {
  const std::string before = Page();
  metrics_.FlowIs("a caller's word", FlowOutcome::kStarted);
  metrics_.UpstreamEnded("a caller's word", UpstreamCall::kApi, 200, absl::Milliseconds(3));
  metrics_.RpcEnded("Invented", "OK", "", absl::Milliseconds(3));
  EXPECT_EQ(Page(), before);
}

TEST_F(PrometheusMetricsTest, AProviderThatIsTakenOutKeepsItsCounts) {
  metrics_.FlowIs("twitter", FlowOutcome::kStarted);
  metrics_.SetProviders({"flickr"});
  EXPECT_THAT(Page(), HasSubstr("oauth1d_flows_total{provider=\"twitter\",outcome=\"started\"} 1\n"));
  EXPECT_THAT(Page(), HasSubstr("oauth1d_flows_total{provider=\"flickr\",outcome=\"started\"} 0\n"));
}

TEST_F(PrometheusMetricsTest, NothingIsLostWhereManyCountAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int n = 0; n < 1000; ++n) {
        metrics_.FlowIs("twitter", FlowOutcome::kStarted);
        metrics_.RpcEnded("SignedRequest", "OK", "", absl::Milliseconds(n));
        if (n % 100 == 0) Page();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(Page(), HasSubstr("oauth1d_flows_total{provider=\"twitter\",outcome=\"started\"} 4000\n"));
  EXPECT_THAT(Page(), HasSubstr("oauth1d_rpc_duration_seconds_count{method=\"SignedRequest\"} 4000\n"));
}

TEST(MetricsRequestTest, OnlyTheMetricsAreToldAndOnlyByGet) {
  EXPECT_TRUE(AnswerTo("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n").is_metrics);
  EXPECT_TRUE(AnswerTo("GET /metrics?x=1 HTTP/1.1\r\nHost: a\r\n\r\n").is_metrics);
  for (const absl::string_view head : {"GET / HTTP/1.1\r\n\r\n", "POST /metrics HTTP/1.1\r\n\r\n", "\r\n\r\n", "",
                                       "GET /metrics\r\n\r\n", "GET  /metrics HTTP/1.1\r\n\r\n"}) {
    const HttpAnswer answer = AnswerTo(head);
    EXPECT_FALSE(answer.is_metrics) << head;
    EXPECT_THAT(std::string(answer.status), Not(HasSubstr("200"))) << head;
  }
  EXPECT_THAT(std::string(TooLong().status), HasSubstr("431"));
}

}  // namespace
}  // namespace oauth1d::ops
