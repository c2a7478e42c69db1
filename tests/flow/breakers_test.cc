// A provider that is away: who finds out, who is spared, and who notices its return.
#include "server/flow/breakers.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "tests/flow/flow_test_fixture.h"

namespace oauth1d::flow {
namespace {

using ops::BreakerState;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Pair;

absl::Status NoConnection() { return WithSent(Fail(Reason::kProviderUnreachable, "no connection"), Sent::kNo); }

class BreakersTest : public ::testing::Test {
 protected:
  Breakers NewBreakers() {
    return Breakers(environment_, metrics_,
                    [this](const std::string& provider, const Origin& origin, BreakerState state) {
                      told_.push_back(absl::StrCat(provider, " ", origin.host, " ", static_cast<int>(state)));
                    });
  }

  // One request that ends so; the error if it was not let through.
  absl::Status Try(const absl::Status& end, const std::string& provider = "photos") {
    absl::StatusOr<Breakers::Pass> pass = breakers_.Enter(provider, origin_);
    if (!pass.ok()) return pass.status();
    pass->Ended(end);
    return absl::OkStatus();
  }
  void Fail20Times() {
    for (int i = 0; i < 20; ++i) ASSERT_THAT(Try(NoConnection()), IsOk()) << i;
  }
  // Until the next trial may go.
  absl::Duration Wait() {
    const absl::Status refused = Try(absl::OkStatus());
    EXPECT_TRUE(WasNotTried(refused)) << refused;
    const absl::Duration wait = RetryAfterOf(refused).value_or(absl::ZeroDuration());
    environment_.Advance(wait);
    return wait;
  }

  FakeEnvironment environment_;
  RecordedMetrics metrics_;
  std::vector<std::string> told_;
  Breakers breakers_ = NewBreakers();
  Origin origin_{true, "photos.example", 443};
};

TEST_F(BreakersTest, TwentyConnectionsInARowThatCouldNotBeMadeCloseTheWay) {
  for (int i = 0; i < 19; ++i) ASSERT_THAT(Try(NoConnection()), IsOk());
  EXPECT_THAT(told_, IsEmpty());
  EXPECT_THAT(metrics_.breakers, IsEmpty());
  ASSERT_THAT(Try(NoConnection()), IsOk());
  EXPECT_THAT(told_, ElementsAre("photos photos.example 2"));
  EXPECT_THAT(metrics_.breakers, ElementsAre(Pair("photos", BreakerState::kOpen)));

  const absl::Status refused = Try(absl::OkStatus());
  EXPECT_THAT(refused, FailsWith(Reason::kProviderUnreachable));
  EXPECT_EQ(SentOf(refused), Sent::kNo);
  EXPECT_TRUE(WasNotTried(refused));
  EXPECT_FALSE(WasNotTried(NoConnection()));
  EXPECT_THAT(*RetryAfterOf(refused), AllOf(Ge(absl::Milliseconds(500)), Le(absl::Seconds(1))));
}

TEST_F(BreakersTest, EveryByteThatLeftSaysThatTheProviderIsThere) {
  const absl::Status busy = WithSent(Fail(Reason::kProviderUnreachable, "the connection died"), Sent::kMaybe);
  const absl::Status slow = WithSent(Fail(Reason::kDeadline, "too late"), Sent::kYes);
  for (const absl::Status& alive : {absl::OkStatus(), busy, slow}) {
    for (int i = 0; i < 19; ++i) ASSERT_THAT(Try(NoConnection()), IsOk());
    ASSERT_THAT(Try(alive), IsOk());
  }
  for (int i = 0; i < 100; ++i) ASSERT_THAT(Try(busy), IsOk());
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(BreakersTest, WhatACallerCanCauseAloneCountsForNothing) {
  const absl::Status deadline = WithSent(Fail(Reason::kDeadline, "too late"), Sent::kNo);
  const absl::Status denied = Fail(Reason::kDestinationDenied, "not a public address");
  for (int i = 0; i < 19; ++i) ASSERT_THAT(Try(NoConnection()), IsOk());
  for (int i = 0; i < 100; ++i) {
    ASSERT_THAT(Try(deadline), IsOk());
    ASSERT_THAT(Try(denied), IsOk());
    ASSERT_THAT(Try(absl::CancelledError("gone")), IsOk());
    ASSERT_THAT(breakers_.Enter("photos", origin_), IsOk()) << "given up without a word";
  }
  EXPECT_THAT(told_, IsEmpty());
  ASSERT_THAT(Try(NoConnection()), IsOk());
  EXPECT_THAT(told_, ElementsAre("photos photos.example 2")) << "nor do they say that it is there";
}

TEST_F(BreakersTest, OneRequestAtATimeFindsOutHowThingsAre) {
  Fail20Times();
  Wait();
  absl::StatusOr<Breakers::Pass> trial = breakers_.Enter("photos", origin_);
  ASSERT_THAT(trial, IsOk());
  EXPECT_EQ(metrics_.breakers.back().second, BreakerState::kTrying);
  EXPECT_TRUE(WasNotTried(Try(absl::OkStatus()))) << "while that one is under way";
  trial->Ended(absl::OkStatus());
  EXPECT_EQ(metrics_.breakers.back(), std::pair(std::string("photos"), BreakerState::kClosed));
  EXPECT_THAT(told_, ElementsAre("photos photos.example 2", "photos photos.example 0"));
  for (int i = 0; i < 19; ++i) EXPECT_THAT(Try(NoConnection()), IsOk()) << "it begins to count anew";
}

TEST_F(BreakersTest, EachFailedTrialDoublesThePauseUpToHalfAMinute) {
  Fail20Times();
  absl::Duration most = absl::Seconds(1);
  for (int trials = 0; trials < 12; ++trials) {
    EXPECT_THAT(Wait(), AllOf(Ge(most / 2), Le(most))) << trials;
    ASSERT_THAT(Try(NoConnection()), IsOk());
    EXPECT_EQ(metrics_.breakers.back().second, BreakerState::kOpen);
    most = std::min(2 * most, absl::Seconds(30));
  }
  Wait();
  ASSERT_THAT(Try(absl::OkStatus()), IsOk());
  EXPECT_THAT(told_, ElementsAre("photos photos.example 2", "photos photos.example 0")) << "trials are no news";
}

TEST_F(BreakersTest, ATrialThatWasGivenUpMakesWayForTheNext) {
  Fail20Times();
  Wait();
  ASSERT_THAT(Try(absl::CancelledError("gone")), IsOk());
  EXPECT_EQ(metrics_.breakers.back().second, BreakerState::kOpen);
  ASSERT_THAT(breakers_.Enter("photos", origin_), IsOk()) << "the task was destroyed";
  ASSERT_THAT(Try(absl::OkStatus()), IsOk());
  EXPECT_EQ(metrics_.breakers.back().second, BreakerState::kClosed);
}

TEST_F(BreakersTest, ATrialThatStreamsForAnHourHoldsNobodyUp) {
  Fail20Times();
  Wait();
  absl::StatusOr<Breakers::Pass> trial = breakers_.Enter("photos", origin_);
  ASSERT_THAT(trial, IsOk());
  environment_.Advance(absl::Seconds(10));
  ASSERT_THAT(Try(absl::OkStatus()), IsOk());
  EXPECT_EQ(metrics_.breakers.back().second, BreakerState::kClosed);
  trial->Ended(NoConnection());
  EXPECT_EQ(metrics_.breakers.back().second, BreakerState::kClosed) << "old news";
}

TEST_F(BreakersTest, WhatWasUnderWayWhenItOpenedDoesNotKeepItOpen) {
  std::vector<absl::StatusOr<Breakers::Pass>> under_way;
  for (int i = 0; i < 40; ++i) under_way.push_back(breakers_.Enter("photos", origin_));
  for (int i = 0; i < 39; ++i) under_way[i]->Ended(NoConnection());
  EXPECT_THAT(told_, ElementsAre("photos photos.example 2"));
  under_way[39]->Ended(absl::OkStatus());
  EXPECT_THAT(told_, ElementsAre("photos photos.example 2", "photos photos.example 0"));
  EXPECT_THAT(Try(absl::OkStatus()), IsOk());
}

TEST_F(BreakersTest, OthersGoOnAndAProviderIsAsWellAsTheWorstOfItsOrigins) {
  Fail20Times();
  EXPECT_THAT(Try(absl::OkStatus(), "maps"), IsOk()) << "the same origin, by another provider's rules";
  origin_.host = "up.photos.example";
  EXPECT_THAT(Try(absl::OkStatus()), IsOk());
  Fail20Times();
  Wait();
  ASSERT_THAT(Try(absl::OkStatus()), IsOk());
  EXPECT_EQ(metrics_.breakers.back().second, BreakerState::kOpen) << "photos.example is still away";
  origin_.host = "photos.example";
  ASSERT_THAT(Try(absl::OkStatus()), IsOk());
  EXPECT_EQ(metrics_.breakers.back().second, BreakerState::kClosed);
}

TEST_F(BreakersTest, OriginsWithoutEndAreForgottenButNotThoseThatAreAway) {
  Fail20Times();
  for (int i = 0; i < 10'000; ++i) {
    origin_.port = static_cast<uint16_t>(1000 + i);
    ASSERT_THAT(Try(NoConnection()), IsOk());
  }
  origin_.port = 443;
  EXPECT_TRUE(WasNotTried(Try(absl::OkStatus())));
}

// The same, seen by callers.
class BrokenProviderTest : public FlowTest {
 protected:
  absl::StatusOr<SignedAnswer> Send(const std::string& method = "GET") {
    SignedCall request;
    request.provider = "photos";
    request.method = method;
    request.url = "me";
    call_ = NewCall();
    return RunTask(loop_, [&, call = *call_] { return caller_.Send(request, call); });
  }
  void BreakByTenRequests() {
    for (int i = 0; i < 10; ++i) {
      provider_.Next(NeverLeft());
      provider_.Next(NeverLeft());
      ASSERT_THAT(Send(), FailsWith(Reason::kProviderUnreachable));
    }
  }

  std::optional<Call> call_;
};

TEST_F(BrokenProviderTest, RequestsLoginsAndExchangesFailAtOnceAndSayWhenToComeBack) {
  const StartedAuthorization started = Start();
  const std::string callback = provider_.ApproveAs("alice", started.redirect_url);
  BreakByTenRequests();
  const int before = provider_.requests();
  const absl::Duration when = environment_.Uptime();
  const auto soon = AllOf(Ge(absl::Milliseconds(500)), Le(absl::Seconds(1)));
  for (const absl::Status& status : {Send().status(), Send("POST").status(), TryStart(PhotosStart()).status(),
                                     Complete(callback, {started.binding_cookie}).status()}) {
    EXPECT_THAT(status, FailsWith(Reason::kProviderUnreachable));
    EXPECT_EQ(SentOf(status), Sent::kNo);
    ASSERT_TRUE(RetryAfterOf(status).has_value()) << status;
    EXPECT_THAT(*RetryAfterOf(status), soon);
  }
  EXPECT_EQ(environment_.Uptime(), when) << "nobody was held up";
  EXPECT_EQ(provider_.requests(), before);
  EXPECT_EQ(call_->facts->attempts, 0);

  environment_.Advance(absl::Seconds(1));
  EXPECT_THAT(Complete(callback, {started.binding_cookie}), IsOk()) << "the login was not burnt";
  EXPECT_THAT(TryStart(PhotosStart()), IsOk());
}

TEST_F(BrokenProviderTest, HostsThatCallersMakeUpBreakNothing) {
  photos_->templates.parameters.push_back({"shop", "[a-z]+", "", false, nullptr});
  photos_->templates.api_bases = {"https://{shop}.example/api/"};
  photos_->endpoints = nullptr;
  for (int i = 0; i < 30; ++i) {
    provider_.Next(NeverLeft());
    provider_.Next(NeverLeft());
    SignedCall request;
    request.provider = "photos";
    request.provider_parameters = {{"shop", "nosuch"}};
    request.method = "GET";
    request.url = "me";
    const absl::Status status = RunTask(loop_, [&, call = NewCall()] { return caller_.Send(request, call); }).status();
    ASSERT_THAT(status, FailsWith(Reason::kProviderUnreachable));
    ASSERT_FALSE(RetryAfterOf(status).has_value());
  }
  EXPECT_THAT(metrics_.breakers, IsEmpty());
}

}  // namespace
}  // namespace oauth1d::flow
