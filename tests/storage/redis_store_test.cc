#include "storage/redis_store.h"

#include "tests/storage/fake_redis.h"
#include "tests/storage/key_value_store_contract.h"
#include "tests/support/redis_server.h"
#include "tests/support/run_task.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::storage {
namespace {

using ::testing::HasSubstr;

RedisServer& SharedServer() {
  static RedisServer server;
  return server;
}

RedisOptions AsServiceUser(std::string address) {
  RedisOptions options(std::move(address));
  options.username = RedisServer::kUsername;
  options.password = Secret(RedisServer::kPassword);
  return options;
}

StoreFactory RedisFactory(std::function<RedisOptions()> options) {
  return [options](boost::asio::io_context& loop) {
    auto store = std::make_unique<RedisStore>(loop, RealEnvironment(), options(), nullptr);
    store->Start();
    EXPECT_TRUE(RunUntil(loop, [&] { return store->state() == StoreState::kUp; })) << store->KnownState();
    return store;
  };
}

INSTANTIATE_TEST_SUITE_P(RedisAsServiceUser, KeyValueStoreContract,
                         ::testing::Values(RedisFactory([] { return AsServiceUser(SharedServer().address()); })));
INSTANTIATE_TEST_SUITE_P(RedisAsDefaultUser, KeyValueStoreContract, ::testing::Values(RedisFactory([] {
                           return RedisOptions(absl::StrCat("localhost:", SharedServer().port()));
                         })));
INSTANTIATE_TEST_SUITE_P(RedisOverAUnixSocket, KeyValueStoreContract,
                         ::testing::Values(RedisFactory([] { return AsServiceUser(SharedServer().unix_address()); })));

class RedisStoreTest : public ::testing::Test {
 protected:
  static Deadline Soon() { return Deadline::After(RealEnvironment(), absl::Seconds(5)); }

  void Open(RedisOptions options) {
    store_ = std::make_unique<RedisStore>(
        loop_, RealEnvironment(), std::move(options),
        [this](StoreState state, std::string why) { told_ = absl::StrCat(static_cast<int>(state), " ", why); });
    store_->Start();
  }
  void TearDown() override {
    store_.reset();
    RunReady(loop_);
  }

  boost::asio::io_context loop_;
  std::string told_;
  std::unique_ptr<RedisStore> store_;
};

TEST_F(RedisStoreTest, AServerOfAnOldVersionIsUnsuitable) {
  FakeRedis old(loop_, [](const FakeRedis::Words& words) {
    if (words[0] == "INFO" && words[1] == "server") return std::optional(FakeRedis::Bulk("redis_version:6.2.14\r\n"));
    return FakeRedis::GoodServer(words);
  });
  Open(RedisOptions(old.address()));
  ASSERT_TRUE(RunUntil(loop_, [&] { return store_->state() == StoreState::kUnsuitable; }));
  EXPECT_THAT(told_, HasSubstr("Redis 6.2.14 is too old"));
  EXPECT_THAT(store_->KnownState(), FailsWith(Reason::kStoreUnavailable));
}

TEST_F(RedisStoreTest, ScriptsThatTheServerForgotAreSentAgain) {
  RedisServer& server = SharedServer();
  Open(AsServiceUser(server.address()));
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(RunTask(loop_, [&] { return store_->Put("oauth1d:script", "a", absl::Minutes(1), Soon()); }),
                IsOkAnd(true));
    EXPECT_EQ(server.Command({"SCRIPT", "FLUSH"}), "OK");
    EXPECT_THAT(RunTask(loop_, [&] { return store_->Swap("oauth1d:script", "a", "b", absl::Minutes(1), Soon()); }),
                IsOkAnd(true));
    EXPECT_EQ(server.Command({"GET", "oauth1d:script"}), "b");
    EXPECT_THAT(RunTask(loop_, [&] { return store_->Erase("oauth1d:script", Soon()); }), IsOk());
  }
}

TEST_F(RedisStoreTest, KeysOutsideTheUsersRightsAreRefused) {
  Open(AsServiceUser(SharedServer().address()));
  const auto put = RunTask(loop_, [&] { return store_->Put("another:key", "v", absl::Minutes(1), Soon()); });
  EXPECT_THAT(put, FailsWith(Reason::kStoreUnavailable));
  EXPECT_THAT(put.status().message(), HasSubstr("NOPERM"));
}

TEST_F(RedisStoreTest, AValueThatCouldNotBeReadBackIsNotWritten) {
  Open(RedisOptions(SharedServer().address()));
  const std::string value(RedisStore::kMaxValueBytes + 1, 'x');
  const auto put = RunTask(loop_, [&] { return store_->Put("oauth1d:large", value, absl::Minutes(1), Soon()); });
  EXPECT_THAT(put, FailsWith(Reason::kInternal));
  const auto swap = RunTask(loop_, [&] { return store_->Swap("oauth1d:large", "", value, absl::Minutes(1), Soon()); });
  EXPECT_THAT(swap, FailsWith(Reason::kInternal));
}

TEST_F(RedisStoreTest, AStoreMayGoWithoutItsLoopRunningOut) {
  auto loop = std::make_unique<boost::asio::io_context>();
  auto store = std::make_unique<RedisStore>(*loop, RealEnvironment(), RedisOptions(SharedServer().address()), nullptr);
  store->Start();
  ASSERT_TRUE(RunUntil(*loop, [&] { return store->state() == StoreState::kUp; }));
  store.reset();
  loop.reset();
}

}  // namespace
}  // namespace oauth1d::storage
