// Answers get lost: the provider's, the store's, and whole replicas.
#include "server/flow/exchange_outcome.h"
#include "tests/flow/flow_test_fixture.h"

namespace oauth1d::flow {
namespace {

class LostAnswersTest : public FlowTest {
 protected:
  LostAnswersTest() : started_(Start()), callback_(provider_.ApproveAs("alice", started_.redirect_url)) {}

  absl::StatusOr<CompletedAuthorization> Complete() { return FlowTest::Complete(callback_, {started_.binding_cookie}); }

  const StartedAuthorization started_;
  const std::string callback_;
};

TEST_F(LostAnswersTest, ARequestThatNeverLeftMayComeAgain) {
  provider_.Next(NeverLeft());
  provider_.Next(NeverLeft());
  const absl::Status unreachable = Complete().status();
  EXPECT_THAT(unreachable, FailsWith(Reason::kProviderUnreachable));
  EXPECT_EQ(SentOf(unreachable), Sent::kNo);
  EXPECT_THAT(Complete(), IsOk());
}

TEST_F(LostAnswersTest, TriesThatFailDoNotLengthenTheFlow) {
  for (int i = 0; i < 8; ++i) {
    environment_.Advance(absl::Minutes(1));
    provider_.Next(NeverLeft());
    provider_.Next(NeverLeft());
    EXPECT_THAT(Complete(), FailsWith(Reason::kProviderUnreachable));
  }
  environment_.Advance(rules_->flow_life - absl::Minutes(8));
  EXPECT_THAT(Complete(), FailsWith(Reason::kFlowNotFound));
}

TEST_F(LostAnswersTest, OneTryThatNeverLeftIsMadeUpForInTheSameCall) {
  provider_.Next(NeverLeft());
  EXPECT_THAT(Complete(), IsOk());
  EXPECT_EQ(provider_.exchanges(), 1);
}

TEST_F(LostAnswersTest, ABusyProviderIsAskedOnceMore) {
  provider_.Next(Answer(503, ""));
  EXPECT_THAT(Complete(), IsOk());
}

TEST_F(LostAnswersTest, ARefusalAfterALostAnswerProvesNothing) {
  provider_.Next(HeardNoReply());
  const absl::Status unknown = Complete().status();
  EXPECT_THAT(unknown, FailsWith(Reason::kOutcomeUnknown));
  EXPECT_EQ(SentOf(unknown), Sent::kYes);
  EXPECT_THAT(Complete(), FailsWith(Reason::kOutcomeUnknown)) << "replayed";
  EXPECT_EQ(provider_.exchanges(), 1);
}

TEST_F(LostAnswersTest, AfterTwoSilencesTheNextLeaseTriesAgain) {
  provider_.Next(Answer(503, ""));
  provider_.Next(Answer(503, ""));
  EXPECT_THAT(Complete(), FailsWith(Reason::kOutcomeUnknown));
  environment_.Advance(kLease);
  EXPECT_THAT(Complete(), IsOk());
  EXPECT_EQ(provider_.exchanges(), 1);
}

TEST_F(LostAnswersTest, AnotherReplicaTakesOverWhenTheLeaseOfADeadOneEnds) {
  provider_.Next(Answer(503, ""));
  provider_.Next(Answer(503, ""));
  EXPECT_THAT(Complete(), FailsWith(Reason::kOutcomeUnknown));
  const auto waiting = BeginComplete(other_replica_, callback_, {started_.binding_cookie});
  LetTimePassUntilDone(waiting);
  EXPECT_THAT(*waiting->result, IsOk());
}

TEST_F(LostAnswersTest, AClaimThatHappenedUnheardIsFoundAndUsed) {
  store_.swaps = {FlakyStore::Trouble::kSwapDoneButUnanswered};
  EXPECT_THAT(Complete(), FailsWith(Reason::kStoreUnavailable)) << "told at once";
  EXPECT_THAT(Complete(), IsOk()) << "settled behind the scenes";
  EXPECT_EQ(provider_.exchanges(), 1);
}

TEST_F(LostAnswersTest, AClaimThatDidNotHappenIsMadeAgain) {
  store_.swaps = {FlakyStore::Trouble::kSwapLost};
  EXPECT_THAT(Complete(), FailsWith(Reason::kStoreUnavailable));
  EXPECT_THAT(Complete(), IsOk());
  EXPECT_EQ(provider_.exchanges(), 1);
}

TEST_F(LostAnswersTest, TheAnswerIsToldEvenIfTheStoreIsGone) {
  store_.swaps = {FlakyStore::Trouble::kNone, FlakyStore::Trouble::kSwapLost, FlakyStore::Trouble::kSwapLost};
  ASSERT_OK_AND_ASSIGN(const CompletedAuthorization first, Complete());
  ASSERT_OK_AND_ASSIGN(const CompletedAuthorization again, Complete());
  EXPECT_EQ(first.result.access_token(), again.result.access_token());
  for (int i = 0; i < 10; ++i) {
    environment_.Advance(absl::Milliseconds(100));
    RunReady(loop_);
  }
  EXPECT_EQ(machine_.running_exchanges(), 0U) << "stored when the store was back";
  ASSERT_OK_AND_ASSIGN(const CompletedAuthorization stored, Complete());
  EXPECT_EQ(first.result.access_token(), stored.result.access_token());
  EXPECT_EQ(provider_.exchanges(), 1);
}

TEST_F(LostAnswersTest, AStoreThatIsAwayLosesNothing) {
  store_.away = true;
  EXPECT_THAT(Complete(), FailsWith(Reason::kStoreUnavailable));
  EXPECT_EQ(provider_.exchanges(), 0);
  store_.away = false;
  EXPECT_THAT(Complete(), IsOk());
}

}  // namespace
}  // namespace oauth1d::flow
