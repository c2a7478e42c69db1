// A RedisConnection to a fake server, for its tests.
#ifndef OAUTH1D_TESTS_STORAGE_REDIS_CONNECTION_FIXTURE_H_
#define OAUTH1D_TESTS_STORAGE_REDIS_CONNECTION_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "storage/redis_connection.h"
#include "tests/storage/fake_redis.h"
#include "tests/support/fake_environment.h"
#include "tests/support/run_task.h"

namespace oauth1d::storage {

MATCHER_P(IsText, text, "") { return arg.text == text; }

// The connection's time stands still until a test moves it; the server is a fake on the same loop.
class RedisConnectionTest : public ::testing::Test {
 protected:
  void TearDown() override {
    if (connection_ != nullptr) connection_->Stop();
    RunReady(loop_);
  }

  void Connect(std::string address) {
    connection_ = std::make_shared<RedisConnection>(
        loop_, environment_, RedisOptions(std::move(address)),
        [this](StoreState state, std::string why) { told_.emplace_back(state, std::move(why)); });
    connection_->Start();
  }

  bool RunUntilState(StoreState state) {
    return RunUntil(loop_, [&] { return connection_->state() == state; });
  }

  auto StartCommand(std::vector<std::string> words, absl::Duration patience = absl::Seconds(10)) {
    return StartTask(loop_, [this, words, patience] {
      return connection_->Command(words, Deadline::After(environment_, patience));
    });
  }

  // A connection that is up, and has been for long enough to count.
  void ConnectWell() {
    Connect(server_.address());
    ASSERT_TRUE(RunUntilState(StoreState::kUp));
    ASSERT_TRUE(Answered(StartCommand({"FIRST"})));
    environment_.Advance(absl::Seconds(1));
    RunReady(loop_);
  }

  template <typename R>
  bool Answered(const std::shared_ptr<R>& command) {
    return RunUntil(loop_, [&] { return command->done(); });
  }

  boost::asio::io_context loop_;
  FakeEnvironment environment_;
  FakeRedis server_{loop_};
  std::vector<std::pair<StoreState, std::string>> told_;
  std::shared_ptr<RedisConnection> connection_;
};

}  // namespace oauth1d::storage

#endif  // OAUTH1D_TESTS_STORAGE_REDIS_CONNECTION_FIXTURE_H_
