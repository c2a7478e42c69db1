// One verifier is exchanged once, whoever asks, however often, on whichever replica.
#include "absl/strings/str_cat.h"
#include "server/flow/exchange_outcome.h"
#include "tests/flow/flow_test_fixture.h"

namespace oauth1d::flow {
namespace {

using Completing = std::shared_ptr<Running<absl::StatusOr<CompletedAuthorization>>>;

class ExactlyOnceTest : public FlowTest {
 protected:
  ExactlyOnceTest() : started_(Start()), callback_(provider_.ApproveAs("alice", started_.redirect_url)) {}

  std::vector<BindingCookie> Browser() const { return {started_.binding_cookie}; }

  const StartedAuthorization started_;
  const std::string callback_;
};

TEST_F(ExactlyOnceTest, TheSameCallbackGetsTheSameAnswerForTwoMinutes) {
  ASSERT_OK_AND_ASSIGN(const CompletedAuthorization first, Complete(callback_, Browser()));
  environment_.Advance(kReplay - absl::Seconds(1));
  ASSERT_OK_AND_ASSIGN(const CompletedAuthorization second, Complete(callback_, Browser()));
  EXPECT_EQ(first.result.access_token(), second.result.access_token());
  EXPECT_EQ(second.app_state, "back to page 7");
  environment_.Advance(absl::Seconds(1));
  const absl::Status late = Complete(callback_, Browser()).status();
  EXPECT_THAT(late, FailsWith(Reason::kAlreadyCompleted));
  EXPECT_EQ(AppStateOf(late), "back to page 7");
  EXPECT_THAT(Complete(callback_, Browser()), FailsWith(Reason::kAlreadyCompleted)) << "the answer is wiped now";
  EXPECT_EQ(provider_.exchanges(), 1);
}

TEST_F(ExactlyOnceTest, AnotherVerifierAfterwardsIsToldThatItIsOver) {
  EXPECT_THAT(Complete(callback_, Browser()), IsOk());
  EXPECT_THAT(Complete(callback_ + "x", Browser()), FailsWith(Reason::kAlreadyCompleted));
  EXPECT_EQ(provider_.exchanges(), 1);
}

TEST_F(ExactlyOnceTest, ManyCallsOnTwoReplicasShareOneExchange) {
  provider_.Next(Hang());
  std::vector<Completing> calls;
  for (int i = 0; i < 16; ++i) {
    calls.push_back(BeginComplete(i % 2 == 0 ? authorizer_ : other_replica_, callback_, Browser()));
  }
  RunReady(loop_);
  provider_.ReleaseHanging();
  for (const Completing& call : calls) {
    LetTimePassUntilDone(call);
    ASSERT_THAT(*call->result, IsOk());
    EXPECT_EQ((*call->result)->result.access_token(), (*calls[0]->result)->result.access_token());
  }
  EXPECT_EQ(provider_.exchanges(), 1);
}

TEST_F(ExactlyOnceTest, AnotherVerifierDuringTheExchangeIsRefusedAtOnce) {
  provider_.Next(Hang());
  const Completing first = BeginComplete(authorizer_, callback_, Browser());
  RunReady(loop_);
  for (Authorizer* replica : {&authorizer_, &other_replica_}) {
    const Completing second = BeginComplete(*replica, callback_ + "x", Browser());
    RunReady(loop_);
    ASSERT_TRUE(second->done());
    EXPECT_THAT(*second->result, FailsWith(Reason::kAlreadyCompleted));
  }
  provider_.ReleaseHanging();
  LetTimePassUntilDone(first);
  EXPECT_THAT(*first->result, IsOk());
}

TEST_F(ExactlyOnceTest, ACallerWhoHangsUpLosesNothing) {
  provider_.Next(Hang());
  const Completing first = BeginComplete(authorizer_, callback_, Browser());
  RunReady(loop_);
  CancelTask(loop_, first);
  RunReady(loop_);
  ASSERT_TRUE(first->done());
  EXPECT_THAT(*first->result, FailsWith(Reason::kDeadline));
  EXPECT_EQ(SentOf(first->result->status()), Sent::kMaybe);
  EXPECT_EQ(machine_.running_exchanges(), 1U);
  provider_.ReleaseHanging();
  RunReady(loop_);
  EXPECT_EQ(machine_.running_exchanges(), 0U);
  EXPECT_THAT(Complete(callback_, Browser()), IsOk());
  EXPECT_EQ(provider_.exchanges(), 1);
}

TEST_F(ExactlyOnceTest, WaitingForAnotherReplicaEndsBeforeTheCallersDeadline) {
  provider_.Next(Hang());
  const Completing first = BeginComplete(authorizer_, callback_, Browser());
  RunReady(loop_);
  Call call = NewCall();
  call.deadline = Deadline::After(environment_, absl::Seconds(2));
  const auto second = StartTask(
      loop_, [&, request = NewComplete(callback_, Browser())] { return other_replica_.Complete(request, call); });
  LetTimePassUntilDone(second);
  EXPECT_THAT(*second->result, FailsWith(Reason::kExchangeInProgress));
  EXPECT_FALSE(call.deadline.Passed(environment_));
  provider_.ReleaseHanging();
  LetTimePassUntilDone(first);
  EXPECT_THAT(*first->result, IsOk());
}

TEST_F(ExactlyOnceTest, ARefusalIsReplayed) {
  provider_.Next(Answer(401, "oauth_problem=permission_denied"));
  const absl::Status refused = Complete(callback_, Browser()).status();
  EXPECT_THAT(refused, FailsWith(Reason::kProviderRejected));
  EXPECT_EQ(HttpStatusOf(refused), 401);
  EXPECT_EQ(OAuthProblemOf(refused), "permission_denied");
  EXPECT_EQ(SentOf(refused), Sent::kYes);
  const absl::Status again = Complete(callback_, Browser()).status();
  EXPECT_THAT(again, FailsWith(Reason::kProviderRejected));
  EXPECT_EQ(OAuthProblemOf(again), "permission_denied");
  EXPECT_EQ(provider_.exchanges(), 0);
}

TEST_F(ExactlyOnceTest, ARefusedConsumerIsTheOperatorsFault) {
  provider_.Next(Answer(401, "oauth_problem=consumer_key_unknown"));
  EXPECT_THAT(Complete(callback_, Browser()), FailsWith(Reason::kConsumerRejected));
}

TEST_F(ExactlyOnceTest, ABadAnswerEndsTheFlow) {
  provider_.Next(Answer(200, "<html>oops</html>"));
  EXPECT_THAT(Complete(callback_, Browser()), FailsWith(Reason::kBadTokenResponse));
  EXPECT_THAT(Complete(callback_, Browser()), FailsWith(Reason::kBadTokenResponse));
  EXPECT_EQ(provider_.exchanges(), 0);
}

TEST_F(ExactlyOnceTest, TheProvidersTokenIsShownOnlyWhereConfigured) {
  photos_->reveal_provider_token = true;
  ASSERT_OK_AND_ASSIGN(const CompletedAuthorization completed, Complete(callback_, Browser()));
  EXPECT_EQ(completed.result.provider_token(), "access-1");
  EXPECT_EQ(completed.result.provider_token_secret(), "access-secret");
}

}  // namespace
}  // namespace oauth1d::flow
