// How commands and replies find each other.
#include "absl/strings/str_cat.h"
#include "tests/storage/redis_connection_fixture.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::storage {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

TEST_F(RedisConnectionTest, CommandsOfOneTurnLeaveInOneWrite) {
  ConnectWell();
  const int reads_before = server_.reads_with_commands();
  std::vector<std::shared_ptr<Running<absl::StatusOr<Reply>>>> commands;
  commands.reserve(50);
  for (int i = 0; i < 50; ++i) commands.push_back(StartCommand({"ECHO", absl::StrCat(i)}));
  for (const auto& command : commands) ASSERT_TRUE(Answered(command));
  EXPECT_THAT(server_.commands(), SizeIs(51));
  EXPECT_EQ(server_.reads_with_commands(), reads_before + 1);
}

TEST_F(RedisConnectionTest, NothingIsSentBeforeTheChecksHavePassed) {
  server_.SetAnswer([](const FakeRedis::Words&) { return std::nullopt; });
  Connect(server_.address());
  const auto command = StartCommand({"SET"});
  ASSERT_TRUE(RunUntil(loop_, [&] { return server_.connections() == 1; }));
  RunReady(loop_);
  server_.Say("+PONG\r\n" + FakeRedis::Bulk("redis_version:7.2.0\r\n"));
  RunReady(loop_);
  EXPECT_THAT(server_.commands(), IsEmpty());
  server_.SetAnswer(FakeRedis::GoodServer);
  server_.Say(FakeRedis::Bulk("maxmemory_policy:noeviction\r\n") + "*1\r\n$6\r\nmaster\r\n" +
              "$-1\r\n$-1\r\n:-2\r\n:0\r\n:1\r\n-NOSCRIPT none\r\n");
  ASSERT_TRUE(Answered(command));
  EXPECT_THAT(*command->result, IsOkAnd(IsText("OK")));
  EXPECT_THAT(told_, ElementsAre(Pair(StoreState::kUp, "")));
}

TEST_F(RedisConnectionTest, AnUnansweredCommandTakesAllWithItAfterItsTime) {
  ConnectWell();
  server_.SetAnswer(FakeRedis::OnlyGreets);
  const auto first = StartCommand({"GET", "a"});
  RunReady(loop_);
  EXPECT_THAT(environment_.ArmedAlarms(), Contains(absl::Milliseconds(225)));
  environment_.Advance(absl::Milliseconds(200));
  const auto second = StartCommand({"GET", "b"});
  RunReady(loop_);
  environment_.Advance(absl::Milliseconds(24));
  RunReady(loop_);
  EXPECT_FALSE(first->done());
  environment_.Advance(absl::Milliseconds(1));
  RunReady(loop_);
  ASSERT_TRUE(first->done());
  ASSERT_TRUE(second->done());
  EXPECT_THAT(*first->result, FailsWith(Reason::kStoreUnavailable));
  EXPECT_THAT(*second->result, FailsWith(Reason::kStoreUnavailable));
  EXPECT_EQ(connection_->state(), StoreState::kDown);
  EXPECT_THAT(told_.back(), Pair(StoreState::kDown, HasSubstr("no answer within 225ms")));
}

TEST_F(RedisConnectionTest, ASteadyStreamOfAnswersIsNoReasonToGo) {
  ConnectWell();
  for (int i = 0; i < 20; ++i) {
    const auto command = StartCommand({"ECHO"});
    ASSERT_TRUE(Answered(command));
    environment_.Advance(absl::Milliseconds(100));
    RunReady(loop_);
  }
  EXPECT_EQ(connection_->state(), StoreState::kUp);
  EXPECT_EQ(server_.connections(), 1);
}

TEST_F(RedisConnectionTest, AnAbandonedCommandKeepsItsPlaceInTheQueue) {
  ConnectWell();
  server_.SetAnswer(FakeRedis::OnlyGreets);
  const auto cancelled = StartCommand({"GET", "cancelled"});
  const auto late = StartCommand({"GET", "late"}, absl::Milliseconds(100));
  const auto patient = StartCommand({"GET", "patient"});
  RunReady(loop_);
  boost::asio::post(loop_, [&] { cancelled->cancellation.emit(boost::asio::cancellation_type::terminal); });
  environment_.Advance(absl::Milliseconds(100));
  ASSERT_TRUE(Answered(cancelled));
  ASSERT_TRUE(Answered(late));
  EXPECT_THAT(*cancelled->result, HasCode(absl::StatusCode::kCancelled));
  EXPECT_THAT(*late->result, FailsWith(Reason::kDeadline));
  EXPECT_FALSE(patient->done());
  server_.Say("+for cancelled\r\n+for late\r\n+for patient\r\n");
  ASSERT_TRUE(Answered(patient));
  EXPECT_THAT(*patient->result, IsOkAnd(IsText("for patient")));
  EXPECT_EQ(server_.connections(), 1);
}

TEST_F(RedisConnectionTest, AReplyAfterItsTimeReachesNobody) {
  ConnectWell();
  server_.SetAnswer(FakeRedis::OnlyGreets);
  const auto late = StartCommand({"GET", "late"});
  RunReady(loop_);
  environment_.Advance(absl::Milliseconds(225));
  ASSERT_TRUE(Answered(late));
  server_.Say("+for late\r\n");
  environment_.Advance(absl::Milliseconds(50));
  ASSERT_TRUE(RunUntilState(StoreState::kUp));
  EXPECT_EQ(server_.connections(), 2);
  const auto next = StartCommand({"GET", "next"});
  ASSERT_TRUE(RunUntil(loop_, [&] { return server_.commands().back().back() == "next"; }));
  server_.Say("+for next\r\n");
  ASSERT_TRUE(Answered(next));
  EXPECT_THAT(*next->result, IsOkAnd(IsText("for next")));
}

}  // namespace
}  // namespace oauth1d::storage
