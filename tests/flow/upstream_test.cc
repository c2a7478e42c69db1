// What the metrics and the trace hear of requests to providers.
#include "server/flow/upstream.h"

#include "absl/strings/str_cat.h"
#include "tests/flow/flow_test_fixture.h"

namespace oauth1d::flow {
namespace {

using ops::RepeatReason;
using ops::UpstreamCall;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr char kTraceId[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kRpcSpan[] = "00f067aa0ba902b7";

std::vector<ops::Span>& Spans() {
  static auto* const spans = new std::vector<ops::Span>;
  return *spans;
}
void Keep(const ops::Span& span) { Spans().push_back(span); }

class UpstreamTest : public FlowTest {
 protected:
  UpstreamTest() { Spans().clear(); }

  absl::StatusOr<SignedAnswer> Send(const std::string& method = "GET", std::vector<egress::HeaderField> headers = {}) {
    SignedCall request;
    request.provider = "photos";
    request.method = method;
    request.url = "me";
    request.headers = std::move(headers);
    Call call = NewCall();
    call.facts->trace = trace_;
    return RunTask(loop_, [&] { return caller_.Send(request, call); });
  }
  void Trace(bool sampled) { trace_ = {kTraceId, kRpcSpan, "b7ad6b7169203331", sampled, Keep}; }
  std::string SentTraceparent() const {
    return std::string(egress::FindHeader(provider_.seen().back().headers, "traceparent"));
  }
  // Kind and status of each request that was told.
  std::vector<std::pair<UpstreamCall, int>> Told() const {
    std::vector<std::pair<UpstreamCall, int>> told;
    for (const RecordedMetrics::Upstream& one : metrics_.upstream) {
      EXPECT_EQ(one.provider, "photos");
      told.emplace_back(one.call, one.http_status);
    }
    return told;
  }

  flow::Trace trace_;
};

TEST_F(UpstreamTest, EveryRequestIsToldWithItsKindAndStatus) {
  const StartedAuthorization started = Start();
  ASSERT_THAT(Complete(provider_.ApproveAs("alice", started.redirect_url), {started.binding_cookie}), IsOk());
  provider_.Next(Answer(200, "fine"));
  ASSERT_THAT(Send(), IsOk());
  provider_.Next(Answer(404, "no"));
  ASSERT_THAT(Send(), IsOk());
  provider_.Next(HeardNoReply());
  ASSERT_THAT(Send("POST"), FailsWith(Reason::kOutcomeUnknown));
  EXPECT_THAT(Told(),
              ElementsAre(Pair(UpstreamCall::kTemporaryCredentials, 200), Pair(UpstreamCall::kTokenCredentials, 200),
                          Pair(UpstreamCall::kApi, 200), Pair(UpstreamCall::kApi, 404), Pair(UpstreamCall::kApi, 0)));
  EXPECT_THAT(metrics_.repeats, IsEmpty());
}

TEST_F(UpstreamTest, ARequestTakesAsLongAsItsAnswer) {
  provider_.Next(Hang());
  const auto call = NewCall();
  SignedCall request;
  request.provider = "photos";
  request.method = "GET";
  request.url = "me";
  const auto running = StartTask(loop_, [&, call] { return caller_.Send(request, call); });
  RunReady(loop_);
  environment_.Advance(absl::Milliseconds(250));
  provider_.ReleaseHanging();
  LetTimePassUntilDone(running);
  ASSERT_THAT(metrics_.upstream, SizeIs(1));
  EXPECT_EQ(metrics_.upstream[0].duration, absl::Milliseconds(250));
  EXPECT_EQ(call.facts->upstream_time, absl::Milliseconds(250));
}

TEST_F(UpstreamTest, WhySomethingWasSentAgainIsTold) {
  provider_.Next(Answer(503, "busy"));
  provider_.Next(NeverLeft());
  ASSERT_THAT(TryStart(PhotosStart()), IsOk());
  EXPECT_THAT(metrics_.repeats,
              ElementsAre(Pair("photos", RepeatReason::kBusy), Pair("photos", RepeatReason::kUnsent)));
  EXPECT_THAT(Told(),
              ElementsAre(Pair(UpstreamCall::kTemporaryCredentials, 503), Pair(UpstreamCall::kTemporaryCredentials, 0),
                          Pair(UpstreamCall::kTemporaryCredentials, 200)));

  metrics_.repeats.clear();
  provider_.Next(NeverLeft());
  provider_.Next(Answer(401, "oauth_problem=nonce_used"));
  provider_.Next(Answer(200, "fine"));
  ASSERT_THAT(Send(), IsOk());
  EXPECT_THAT(metrics_.repeats,
              ElementsAre(Pair("photos", RepeatReason::kUnsent), Pair("photos", RepeatReason::kNonce)));
}

TEST_F(UpstreamTest, ALessonAboutTheClockIsTold) {
  const int64_t theirs = absl::ToUnixSeconds(environment_.Now()) - 600;
  provider_.Next(Answer(401, absl::StrCat("oauth_problem=timestamp_refused&oauth_acceptable_timestamps=", theirs - 300,
                                          "-", theirs + 300)));
  provider_.Next(Answer(200, "fine"));
  ASSERT_THAT(Send(), IsOk());
  EXPECT_THAT(metrics_.clock_offsets, ElementsAre(Pair("photos", absl::Minutes(-10))));
  EXPECT_THAT(metrics_.repeats, ElementsAre(Pair("photos", RepeatReason::kClock)));
}

TEST_F(UpstreamTest, ARefusedSignatureIsToldWhereverItIsSaid) {
  provider_.Next(Answer(401, "oauth_problem=signature_invalid"));
  ASSERT_THAT(Send(), IsOk());
  provider_.Next(Answer(401, "oauth_problem=signature_invalid&oauth_problem_advice=look"));
  ASSERT_THAT(TryStart(PhotosStart()), FailsWith(Reason::kConsumerRejected));
  provider_.Next(Answer(200, "oauth_problem=signature_invalid"));
  ASSERT_THAT(Send(), IsOk());
  provider_.Next(Answer(401, "oauth_problem=token_rejected"));
  ASSERT_THAT(Send(), IsOk());
  EXPECT_THAT(metrics_.refused_signatures, ElementsAre("photos", "photos"));
}

TEST_F(UpstreamTest, TheTraceGoesOnOnlyWhereTheRecordSaysSo) {
  Trace(true);
  provider_.Next(Answer(200, "fine"));
  ASSERT_THAT(Send(), IsOk());
  EXPECT_EQ(SentTraceparent(), "");

  photos_->trace_context = true;
  provider_.Next(Answer(200, "fine"));
  ASSERT_THAT(Send(), IsOk());
  EXPECT_THAT(SentTraceparent(), MatchesRegex(absl::StrCat("00-", kTraceId, "-[0-9a-f]{16}-01")));
  EXPECT_EQ(SentTraceparent().substr(36, 16), Spans().back().span_id);
  EXPECT_NE(Spans().back().span_id, kRpcSpan);

  Trace(false);
  provider_.Next(Answer(200, "fine"));
  ASSERT_THAT(Send(), IsOk());
  EXPECT_THAT(SentTraceparent(), MatchesRegex(absl::StrCat("00-", kTraceId, "-[0-9a-f]{16}-00")));

  trace_ = {};
  provider_.Next(Answer(200, "fine"));
  ASSERT_THAT(Send(), IsOk());
  EXPECT_EQ(SentTraceparent(), "") << "no trace, nothing to go on";
}

TEST_F(UpstreamTest, ACallersOwnHeaderIsLeftAlone) {
  Trace(true);
  photos_->trace_context = true;
  provider_.Next(Answer(200, "fine"));
  ASSERT_THAT(Send("GET", {{"TraceParent", "the caller's own"}}), IsOk());
  EXPECT_EQ(SentTraceparent(), "the caller's own");
  int fields = 0;
  for (const egress::HeaderField& header : provider_.seen().back().headers) {
    if (absl::EqualsIgnoreCase(header.name, "traceparent")) ++fields;
  }
  EXPECT_EQ(fields, 1);
}

TEST_F(UpstreamTest, EachRequestIsASpanUnderTheRpcsIfTheCallerWantsToSeeIt) {
  Trace(true);
  provider_.Next(NeverLeft());
  provider_.Next(Answer(201, "fine"));
  ASSERT_THAT(Send("POST"), IsOk());
  ASSERT_THAT(Spans(), SizeIs(2));
  for (const ops::Span& span : Spans()) {
    EXPECT_EQ(span.name, "upstream");
    EXPECT_EQ(span.trace_id, kTraceId);
    EXPECT_EQ(span.parent_span_id, kRpcSpan);
    EXPECT_THAT(span.span_id, MatchesRegex("[0-9a-f]{16}"));
    EXPECT_EQ(span.provider, "photos");
    EXPECT_EQ(span.call, "api");
  }
  EXPECT_NE(Spans()[0].span_id, Spans()[1].span_id);
  EXPECT_EQ(Spans()[0].http_status, 0);
  EXPECT_EQ(Spans()[1].http_status, 201);

  Spans().clear();
  Trace(false);
  provider_.Next(Answer(200, "fine"));
  ASSERT_THAT(Send(), IsOk());
  EXPECT_THAT(Spans(), IsEmpty());
}

}  // namespace
}  // namespace oauth1d::flow
