// Providers whose clocks are not ours, and those that want timestamps in order.
#include "server/flow/clock_offsets.h"
#include "server/flow/timestamps.h"
#include "tests/flow/flow_test_fixture.h"

namespace oauth1d::flow {
namespace {

using ::testing::HasSubstr;

class ClockTest : public FlowTest {
 protected:
  absl::StatusOr<SignedAnswer> Send(const std::string& method) {
    SignedCall request;
    request.provider = "photos";
    request.method = method;
    request.url = "me";
    return RunTask(loop_, [&, call = NewCall()] { return caller_.Send(request, call); });
  }

  int64_t SentTimestamp(size_t from_the_end) const {
    const std::string header(
        egress::FindHeader(provider_.seen()[provider_.seen().size() - 1 - from_the_end].headers, "Authorization"));
    return std::stoll(header.substr(header.find("oauth_timestamp=\"") + 17));
  }

  Misfortune Refusal(absl::Duration off) {
    const int64_t theirs = absl::ToUnixSeconds(environment_.Now() + off);
    return Answer(401, absl::StrCat("oauth_problem=timestamp_refused&oauth_acceptable_timestamps=", theirs - 300, "-",
                                    theirs + 300));
  }
};

TEST_F(ClockTest, ARefusedTimestampTeachesTheProvidersClockAndTheRequestIsSentOnceMore) {
  provider_.Next(Refusal(absl::Minutes(-10)));
  provider_.Next(Answer(200, "done"));
  ASSERT_OK_AND_ASSIGN(const SignedAnswer answer, Send("POST"));
  EXPECT_EQ(answer.answer.body, "done");
  EXPECT_EQ(SentTimestamp(0), SentTimestamp(1) - 600);
  provider_.Next(Answer(200, "again"));
  ASSERT_THAT(Send("POST"), IsOk());
  EXPECT_EQ(SentTimestamp(0), absl::ToUnixSeconds(environment_.Now()) - 600) << "and it is remembered";
}

TEST_F(ClockTest, TheDateFieldWillDo) {
  Misfortune refusal = Answer(401, "oauth_problem=timestamp_refused");
  refusal.headers = {{"Date", absl::FormatTime("%a, %d %b %E4Y %H:%M:%S GMT", environment_.Now() + absl::Minutes(7),
                                               absl::UTCTimeZone())}};
  provider_.Next(refusal);
  provider_.Next(Answer(200, "done"));
  ASSERT_THAT(Send("GET"), IsOk());
  EXPECT_EQ(SentTimestamp(0), SentTimestamp(1) + 420);
}

TEST_F(ClockTest, ARecordKnowsOtherSpellings) {
  photos_->timestamp_refused = {"Timestamp out of bounds"};
  Misfortune refusal = Answer(401, R"({"errors":[{"code":135,"message":"Timestamp out of bounds."}]})");
  refusal.headers = {{"Date", absl::FormatTime("%a, %d %b %E4Y %H:%M:%S GMT", environment_.Now() + absl::Minutes(7),
                                               absl::UTCTimeZone())}};
  provider_.Next(refusal);
  provider_.Next(Answer(200, "done"));
  ASSERT_OK_AND_ASSIGN(const SignedAnswer answer, Send("GET"));
  EXPECT_EQ(answer.answer.body, "done");
}

TEST_F(ClockTest, AClockThatIsMoreThanAnHourOffIsNotBelieved) {
  const int before = provider_.requests();
  provider_.Next(Refusal(absl::Hours(2)));
  ASSERT_OK_AND_ASSIGN(const SignedAnswer answer, Send("GET"));
  EXPECT_EQ(answer.answer.status, 401);
  EXPECT_EQ(answer.problem->name, "timestamp_refused");
  EXPECT_EQ(provider_.requests(), before + 1);
}

TEST_F(ClockTest, ASecondRefusalIsTold) {
  provider_.Next(Refusal(absl::Minutes(10)));
  provider_.Next(Refusal(absl::Minutes(20)));
  ASSERT_OK_AND_ASSIGN(const SignedAnswer answer, Send("GET"));
  EXPECT_EQ(answer.answer.status, 401);
}

TEST_F(ClockTest, ALoginIsCuredToo) {
  provider_.Next(Refusal(absl::Minutes(-10)));
  const StartedAuthorization started = Start();
  EXPECT_EQ(provider_.requests(), 2);
  EXPECT_EQ(SentTimestamp(0), SentTimestamp(1) - 600);
  EXPECT_THAT(Complete(provider_.ApproveAs("alice", started.redirect_url), {started.binding_cookie}), IsOk());
}

TEST_F(ClockTest, MonotonicTimestampsNeverGoBackOnAnyReplica) {
  photos_->monotonic_timestamps = true;
  provider_.Next(Answer(200, ""));
  ASSERT_THAT(Send("GET"), IsOk());
  const int64_t first = SentTimestamp(0);
  environment_.SetNow(environment_.Now() - absl::Seconds(30));  // a replica whose clock is behind
  provider_.Next(Answer(200, ""));
  ASSERT_THAT(Send("GET"), IsOk());
  EXPECT_EQ(SentTimestamp(0), first);
  environment_.SetNow(environment_.Now() + absl::Seconds(100));
  provider_.Next(Answer(200, ""));
  ASSERT_THAT(Send("GET"), IsOk());
  EXPECT_EQ(SentTimestamp(0), first + 70);
}

TEST_F(ClockTest, ATimestampThatWasOvertakenIsSentOnceMore) {
  photos_->monotonic_timestamps = true;
  provider_.Next(Refusal(absl::ZeroDuration()));
  provider_.Next(Answer(200, "done"));
  ASSERT_OK_AND_ASSIGN(const SignedAnswer answer, Send("POST"));
  EXPECT_EQ(answer.answer.body, "done");
}

TEST_F(ClockTest, AMonotonicProviderWhoseClockIsBehindIsCuredToo) {
  photos_->monotonic_timestamps = true;
  provider_.Next(Refusal(absl::Minutes(-10)));
  provider_.Next(Answer(200, "done"));
  ASSERT_THAT(Send("POST"), IsOk());
  EXPECT_EQ(SentTimestamp(0), SentTimestamp(1) - 600) << "what was refused is not held on to";
}

TEST_F(ClockTest, WithoutTheStoreNoMonotonicTimestampIsGuessed) {
  photos_->monotonic_timestamps = true;
  store_.away = true;
  const int before = provider_.requests();
  EXPECT_THAT(Send("GET"), FailsWith(Reason::kStoreUnavailable));
  EXPECT_EQ(provider_.requests(), before);
}

}  // namespace
}  // namespace oauth1d::flow
