// What the metrics hear of logins, and of the store behind them.
#include "server/flow/login_counts.h"

#include "server/flow/metered_store.h"
#include "tests/flow/flow_test_fixture.h"

namespace oauth1d::flow {
namespace {

using ops::FlowOutcome;
using ops::StoreVerb;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using Stored = RecordedMetrics::Store;

class LoginCountsTest : public FlowTest {
 protected:
  // What was told since the last look; always of photos.
  std::vector<FlowOutcome> Told() {
    std::vector<FlowOutcome> told;
    for (const auto& [provider, outcome] : std::exchange(metrics_.flows, {})) {
      EXPECT_EQ(provider, "photos");
      told.push_back(outcome);
    }
    return told;
  }
};

TEST_F(LoginCountsTest, ALoginIsStartedAndCompletedAndItsAnswerReplayed) {
  const StartedAuthorization started = Start();
  EXPECT_THAT(Told(), ElementsAre(FlowOutcome::kStarted));
  const std::string callback = provider_.ApproveAs("alice", started.redirect_url);
  ASSERT_THAT(Complete(callback, {started.binding_cookie}), IsOk());
  EXPECT_THAT(Told(), ElementsAre(FlowOutcome::kCompleted));
  ASSERT_THAT(Complete(callback, {started.binding_cookie}), IsOk());
  EXPECT_THAT(Told(), ElementsAre(FlowOutcome::kReplayed)) << "the same call again gets the same answer";
  ASSERT_THAT(Complete(callback + "x", {started.binding_cookie}), FailsWith(Reason::kAlreadyCompleted));
  EXPECT_THAT(Told(), ElementsAre(FlowOutcome::kReplayed));
}

TEST_F(LoginCountsTest, AnotherBrowsersCookieIsTold) {
  const StartedAuthorization started = Start();
  const std::string callback = provider_.ApproveAs("alice", started.redirect_url);
  BindingCookie planted = started.binding_cookie;
  planted.value = std::string(planted.value.size(), 'A');
  Told();
  ASSERT_THAT(Complete(callback, {planted}), FailsWith(Reason::kBindingMismatch));
  EXPECT_THAT(Told(), ElementsAre(FlowOutcome::kBindingMismatch));
}

TEST_F(LoginCountsTest, AUserWhoSaysNoIsNoFailure) {
  const StartedAuthorization started = Start();
  Told();
  const std::string callback = "state=" + started.state + "&denied=temporary-1";
  ASSERT_THAT(Complete(callback, {started.binding_cookie}), FailsWith(Reason::kUserDenied));
  EXPECT_THAT(Told(), ElementsAre(FlowOutcome::kDenied));
  ASSERT_THAT(Complete(callback, {started.binding_cookie}), FailsWith(Reason::kUserDenied));
  EXPECT_THAT(Told(), ElementsAre(FlowOutcome::kReplayed));
}

TEST_F(LoginCountsTest, WhatTheProviderOrTheStoreDidIsAFailure) {
  const StartedAuthorization started = Start();
  const std::string callback = provider_.ApproveAs("alice", started.redirect_url);
  Told();
  provider_.Next(Answer(401, "oauth_problem=permission_unknown"));
  ASSERT_THAT(Complete(callback, {started.binding_cookie}), FailsWith(Reason::kProviderRejected));
  EXPECT_THAT(Told(), ElementsAre(FlowOutcome::kFailed));
  provider_.Next(Answer(401, ""));
  ASSERT_THAT(TryStart(PhotosStart()), FailsWith(Reason::kConsumerRejected));
  EXPECT_THAT(Told(), ElementsAre(FlowOutcome::kFailed));
  store_.known_state = Fail(Reason::kStoreUnavailable, "away");
  ASSERT_THAT(TryStart(PhotosStart()), FailsWith(Reason::kStoreUnavailable));
  EXPECT_THAT(Told(), ElementsAre(FlowOutcome::kFailed));
}

TEST_F(LoginCountsTest, ACallersMistakesSayNothingOfLogins) {
  ASSERT_THAT(TryStart(PhotosStart("https://evil.example/")), FailsWith(Reason::kInvalidRequest));
  StartRequest unknown = PhotosStart();
  unknown.provider = "a caller's own words";
  ASSERT_THAT(TryStart(unknown), FailsWith(Reason::kProviderNotFound));
  EXPECT_THAT(metrics_.flows, IsEmpty());
  EXPECT_THAT(metrics_.unknown_callbacks, IsEmpty());
}

TEST_F(LoginCountsTest, CallbacksOfNoLoginAreToldButNotThoseOfUnknownProviders) {
  const StartedAuthorization started = Start();
  Told();
  const std::string callback = provider_.ApproveAs("alice", started.redirect_url);
  ASSERT_THAT(Complete("state=nothing-of-ours&oauth_token=a&oauth_verifier=b", {started.binding_cookie}),
              FailsWith(Reason::kFlowNotFound));
  ASSERT_THAT(Complete(callback, {started.binding_cookie}, "photos", "other"), FailsWith(Reason::kFlowNotFound));
  ASSERT_THAT(Complete(callback, {started.binding_cookie}, "none"), FailsWith(Reason::kProviderNotFound));
  EXPECT_THAT(metrics_.unknown_callbacks, ElementsAre("photos", "photos"));
  EXPECT_THAT(metrics_.flows, IsEmpty());
}

class MeteredStoreTest : public FlowTest {
 protected:
  MeteredStore metered_{store_, environment_, metrics_};

  template <typename Start>
  auto Run(Start start) {
    return RunTask(loop_, std::move(start));
  }
  Deadline Soon() { return Deadline::After(environment_, absl::Seconds(5)); }
};

TEST_F(MeteredStoreTest, EveryVerbIsToldAndDoesWhatItDoes) {
  const absl::Duration life = absl::Seconds(60);
  ASSERT_OK_AND_ASSIGN(const bool put, Run([&] { return metered_.Put("oauth1d:k", "1", life, Soon()); }));
  EXPECT_TRUE(put);
  ASSERT_OK_AND_ASSIGN(const bool again, Run([&] { return metered_.Put("oauth1d:k", "2", life, Soon()); }));
  EXPECT_FALSE(again);
  ASSERT_OK_AND_ASSIGN(const bool swapped, Run([&] { return metered_.Swap("oauth1d:k", "1", "3", life, Soon()); }));
  EXPECT_TRUE(swapped);
  ASSERT_OK_AND_ASSIGN(const auto entry, Run([&] { return metered_.Get("oauth1d:k", Soon()); }));
  EXPECT_EQ(entry->value, "3");
  ASSERT_THAT(Run([&] { return metered_.Erase("oauth1d:k", Soon()); }), IsOk());
  EXPECT_THAT(metrics_.store, ElementsAre(Stored{StoreVerb::kPut, true, {}}, Stored{StoreVerb::kPut, true, {}},
                                          Stored{StoreVerb::kSwap, true, {}}, Stored{StoreVerb::kGet, true, {}},
                                          Stored{StoreVerb::kErase, true, {}}));
}

TEST_F(MeteredStoreTest, AStoreThatIsAwayOrFullIsToldAndACallerWhoGaveUpIsNot) {
  store_.put_error = Fail(Reason::kStoreFull, "no room");
  EXPECT_THAT(Run([&] { return metered_.Put("oauth1d:k", "1", absl::Seconds(60), Soon()); }),
              FailsWith(Reason::kStoreFull));
  store_.put_error = absl::CancelledError("gone");
  EXPECT_FALSE(Run([&] { return metered_.Put("oauth1d:k", "1", absl::Seconds(60), Soon()); }).ok());
  store_.put_error = absl::DeadlineExceededError("late");
  EXPECT_FALSE(Run([&] { return metered_.Put("oauth1d:k", "1", absl::Seconds(60), Soon()); }).ok());
  store_.away = true;
  EXPECT_THAT(Run([&] { return metered_.Get("oauth1d:k", Soon()); }), FailsWith(Reason::kStoreUnavailable));
  EXPECT_THAT(metrics_.store, ElementsAre(Stored{StoreVerb::kPut, false, {}}, Stored{StoreVerb::kGet, false, {}}));
  store_.known_state = Fail(Reason::kStoreFull, "no room");
  EXPECT_THAT(metered_.KnownState(), FailsWith(Reason::kStoreFull));
}

}  // namespace
}  // namespace oauth1d::flow
