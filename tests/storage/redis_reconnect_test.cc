// How a connection is lost, and made again.
#include "absl/strings/str_cat.h"
#include "tests/storage/redis_connection_fixture.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::storage {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Pair;

class RedisReconnectTest : public RedisConnectionTest {};

TEST_F(RedisReconnectTest, ALostConnectionIsMadeAnewAtOnceAndCommandsWaitForIt) {
  ConnectWell();
  server_.HangUp();
  ASSERT_TRUE(RunUntilState(StoreState::kConnecting));
  const auto command = StartCommand({"ECHO"});
  ASSERT_TRUE(Answered(command));
  EXPECT_THAT(*command->result, IsOkAnd(IsText("OK")));
}

TEST_F(RedisReconnectTest, AnswersThatWereNotAskedForOrMakeNoSenseEndTheConnection) {
  ConnectWell();
  server_.Say("+hello\r\n");
  ASSERT_TRUE(RunUntilState(StoreState::kDown));
  environment_.Advance(absl::Milliseconds(50));
  ASSERT_TRUE(RunUntilState(StoreState::kUp));
  server_.SetAnswer([](const FakeRedis::Words&) { return "HTTP/1.1 400 Bad Request\r\n"; });
  const auto command = StartCommand({"ECHO"});
  ASSERT_TRUE(Answered(command));
  EXPECT_THAT(*command->result, FailsWith(Reason::kStoreUnavailable));
  EXPECT_EQ(connection_->state(), StoreState::kDown);
}

TEST_F(RedisReconnectTest, AServerThatBecameTheWrongOneIsAskedAgain) {
  for (const std::string error : {"READONLY", "LOADING", "MASTERDOWN", "NOAUTH", "NOPERM"}) {
    const int before = server_.connections();
    server_.SetAnswer(FakeRedis::GoodServer);
    if (connection_ == nullptr) Connect(server_.address());
    environment_.Advance(absl::Seconds(1));
    ASSERT_TRUE(RunUntilState(StoreState::kUp)) << error;
    environment_.Advance(absl::Seconds(1));
    server_.SetAnswer([&](const FakeRedis::Words& words) -> std::optional<std::string> {
      const std::optional<std::string> greeting = FakeRedis::OnlyGreets(words);
      return greeting.has_value() ? greeting : "-" + error + " go away\r\n";
    });
    const auto command = StartCommand({"SET"});
    ASSERT_TRUE(Answered(command));
    EXPECT_THAT(*command->result, IsOkAnd(IsText(error + " go away")));
    ASSERT_TRUE(RunUntil(loop_, [&] {
      return server_.connections() > before && connection_->state() == StoreState::kUp;
    })) << error;
  }
}

TEST_F(RedisReconnectTest, AConnectionWithoutTrafficIsTriedEverySecond) {
  ConnectWell();
  int pings = 0;
  server_.SetAnswer([&](const FakeRedis::Words& words) {
    if (words[0] == "PING") ++pings;
    return FakeRedis::GoodServer(words);
  });
  for (int second = 1; second <= 3; ++second) {
    environment_.Advance(absl::Seconds(1));
    ASSERT_TRUE(RunUntil(loop_, [&] { return pings == second; }));
    // Time for the answer to arrive.
    RunUntil(
        loop_, [] { return false; }, std::chrono::milliseconds(20));
  }
  server_.SetAnswer([](const FakeRedis::Words&) { return std::nullopt; });
  environment_.Advance(absl::Seconds(1));
  RunReady(loop_);
  environment_.Advance(absl::Milliseconds(225));
  EXPECT_TRUE(RunUntilState(StoreState::kDown));
}

TEST_F(RedisReconnectTest, ACommandWaitsForAConnectionOnlySoLong) {
  server_.SetAnswer([](const FakeRedis::Words&) { return std::nullopt; });
  Connect(server_.address());
  const auto command = StartCommand({"SET"});
  ASSERT_TRUE(RunUntil(loop_, [&] { return server_.connections() == 1; }));
  RunReady(loop_);
  EXPECT_THAT(environment_.ArmedAlarms(), ElementsAre(absl::Milliseconds(225), absl::Milliseconds(500)));
  environment_.Advance(absl::Milliseconds(225));
  ASSERT_TRUE(Answered(command));
  EXPECT_THAT(*command->result, FailsWith(Reason::kStoreUnavailable));
  environment_.Advance(absl::Milliseconds(275));
  ASSERT_TRUE(RunUntilState(StoreState::kDown));
  EXPECT_THAT(connection_->why(), HasSubstr("no connection within 500ms"));
  const auto at_once = StartCommand({"SET"});
  RunReady(loop_);
  ASSERT_TRUE(at_once->done());
  EXPECT_THAT(*at_once->result, FailsWith(Reason::kStoreUnavailable));
  EXPECT_THAT(server_.commands(), IsEmpty());
}

TEST_F(RedisReconnectTest, PausesBetweenAttemptsGrowToHalfASecond) {
  std::string address;
  {
    const FakeRedis gone(loop_);
    address = gone.address();
  }
  Connect(address);
  for (int attempt = 0; attempt < 12; ++attempt) {
    ASSERT_TRUE(RunUntil(
        loop_, [&] { return environment_.ArmedAlarms().size() == 1 && connection_->state() == StoreState::kDown; }));
    const absl::Duration longest = std::min(absl::Milliseconds(50) * (1 << attempt), absl::Milliseconds(500));
    EXPECT_THAT(environment_.ArmedAlarms(), Each(AllOf(Ge(longest / 2), Le(longest))));
    environment_.Advance(absl::Milliseconds(500));
    RunReady(loop_);
  }
  EXPECT_THAT(told_, ElementsAre(Pair(StoreState::kDown, HasSubstr("refused"))));
}

TEST_F(RedisReconnectTest, AConnectionThatIsLostAgainAndAgainIsNotMadeInAHurry) {
  Connect(server_.address());
  ASSERT_TRUE(RunUntilState(StoreState::kUp));
  server_.HangUp();
  EXPECT_TRUE(RunUntilState(StoreState::kDown));
}

TEST_F(RedisReconnectTest, StopEndsEverything) {
  ConnectWell();
  server_.SetAnswer(FakeRedis::OnlyGreets);
  const auto command = StartCommand({"GET"});
  RunReady(loop_);
  const size_t told = told_.size();
  connection_->Stop();
  RunReady(loop_);
  ASSERT_TRUE(command->done());
  EXPECT_THAT(*command->result, FailsWith(Reason::kStoreUnavailable));
  EXPECT_THAT(environment_.ArmedAlarms(), IsEmpty());
  EXPECT_EQ(connection_.use_count(), 1);
  EXPECT_EQ(told_.size(), told);
}

TEST_F(RedisReconnectTest, AnAddressThatIsNoneIsUnsuitable) {
  Connect("nonsense");
  ASSERT_TRUE(RunUntilState(StoreState::kUnsuitable));
  EXPECT_THAT(connection_->why(), HasSubstr("host:port"));
}

}  // namespace
}  // namespace oauth1d::storage
