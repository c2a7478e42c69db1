// What a store does when a real server hangs, dies, fills up, changes its role or its mind.
#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/redis_store.h"
#include "tests/support/redis_server.h"
#include "tests/support/run_task.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::storage {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Ne;

using Clock = std::chrono::steady_clock;

class RedisFaultsTest : public ::testing::Test {
 protected:
  void TearDown() override {
    store_.reset();
    RunReady(loop_);
  }

  static RedisOptions AsServiceUser(const RedisServer& server, const std::string& password = RedisServer::kPassword) {
    RedisOptions options(server.address());
    options.username = RedisServer::kUsername;
    options.password = Secret(password);
    return options;
  }

  void Open(const RedisServer& server, const std::string& password = RedisServer::kPassword) {
    store_ = std::make_unique<RedisStore>(loop_, RealEnvironment(), AsServiceUser(server, password),
                                          [this](StoreState, std::string why) {
                                            why_ = std::move(why);
                                            told_.push_back(why_);
                                          });
    store_->Start();
  }

  bool RunUntilState(StoreState state) {
    return RunUntil(loop_, [&] { return store_->state() == state; });
  }

  void RunFor(std::chrono::milliseconds time) {
    RunUntil(
        loop_, [] { return false; }, time);
  }

  static Deadline Soon() { return Deadline::After(RealEnvironment(), absl::Seconds(20)); }
  absl::StatusOr<bool> Put(std::string key, std::string value) {
    return RunTask(loop_, [&] { return store_->Put(key, value, absl::Minutes(1), Soon()); });
  }
  absl::StatusOr<bool> Swap(std::string key, std::string expected, std::string next) {
    return RunTask(loop_, [&] { return store_->Swap(key, expected, next, absl::Minutes(1), Soon()); });
  }
  auto StartGet(std::string key, absl::Duration patience = absl::Seconds(20)) {
    return StartTask(loop_,
                     [this, key, patience] { return store_->Get(key, Deadline::After(RealEnvironment(), patience)); });
  }

  boost::asio::io_context loop_;
  std::string why_;
  std::vector<std::string> told_;
  std::unique_ptr<RedisStore> store_;
};

using Gets = std::vector<std::shared_ptr<Running<absl::StatusOr<std::optional<Entry>>>>>;

bool AllDone(const Gets& gets) {
  return std::all_of(gets.begin(), gets.end(), [](const auto& get) { return get->done(); });
}

TEST_F(RedisFaultsTest, AServerThatHangsEndsEveryCommandAndServesAgainLater) {
  RedisServer server;
  Open(server);
  ASSERT_THAT(Put("oauth1d:k", "v"), IsOkAnd(true));
  server.Pause();
  const auto start = Clock::now();
  Gets gets;
  for (int i = 0; i < 50; ++i) gets.push_back(StartGet("oauth1d:k"));
  ASSERT_TRUE(RunUntil(loop_, [&] { return AllDone(gets); }));
  EXPECT_LT(Clock::now() - start, std::chrono::milliseconds(2500));
  for (const auto& get : gets) EXPECT_THAT(*get->result, FailsWith(Reason::kStoreUnavailable));
  EXPECT_THAT(store_->KnownState(), FailsWith(Reason::kStoreUnavailable));
  RunFor(std::chrono::milliseconds(1500));
  EXPECT_THAT(store_->KnownState(), FailsWith(Reason::kStoreUnavailable));
  server.Resume();
  // Promised within one second of a quiet machine.
  EXPECT_TRUE(RunUntil(
      loop_, [&] { return store_->KnownState().ok(); }, std::chrono::seconds(10)));
  EXPECT_THAT(Put("oauth1d:k", "again"), IsOkAnd(false));
}

TEST_F(RedisFaultsTest, AServerThatHangsWithoutTrafficIsNoticed) {
  RedisServer server;
  Open(server);
  ASSERT_TRUE(RunUntilState(StoreState::kUp));
  server.Pause();
  EXPECT_TRUE(RunUntilState(StoreState::kDown));
  server.Resume();
  EXPECT_TRUE(RunUntilState(StoreState::kUp));
}

TEST_F(RedisFaultsTest, AServerThatDiesAndReturnsServesAgain) {
  RedisServer server;
  Open(server);
  ASSERT_THAT(Put("oauth1d:k", "v"), IsOkAnd(true));
  server.Kill();
  ASSERT_TRUE(RunUntilState(StoreState::kDown));
  const auto start = Clock::now();
  EXPECT_THAT(Put("oauth1d:k", "v"), FailsWith(Reason::kStoreUnavailable));
  EXPECT_LT(Clock::now() - start, std::chrono::milliseconds(200)) << "known to be down: fails at once";
  RunFor(std::chrono::milliseconds(1500));
  server.Restart();
  // Promised within one second of a quiet machine.
  EXPECT_TRUE(RunUntil(
      loop_, [&] { return store_->KnownState().ok(); }, std::chrono::seconds(10)));
  EXPECT_THAT(Put("oauth1d:k", "v"), IsOkAnd(true)) << "it came back empty";
}

TEST_F(RedisFaultsTest, AFullServerRefusesNewKeysAndSwapsOldOnes) {
  RedisServer server({"--maxmemory-policy", "noeviction"});
  Open(server);
  ASSERT_THAT(Put("oauth1d:pending", "p"), IsOkAnd(true));
  ASSERT_EQ(server.Command({"CONFIG", "SET", "maxmemory", "1"}), "OK");
  const auto put = Put("oauth1d:new", std::string(1000, 'x'));
  EXPECT_THAT(put, FailsWith(Reason::kStoreFull));
  EXPECT_THAT(store_->KnownState(), FailsWith(Reason::kStoreFull));
  EXPECT_THAT(Swap("oauth1d:pending", "p", std::string(2000, 'q')), IsOkAnd(true));
  const auto get = StartGet("oauth1d:pending");
  ASSERT_TRUE(RunUntil(loop_, [&] { return get->done(); }));
  EXPECT_THAT(*get->result, IsOkAnd(Ne(std::nullopt)));
  EXPECT_TRUE(RunUntil(
      loop_, [&] { return store_->KnownState().ok(); }, std::chrono::seconds(5)));
}

TEST_F(RedisFaultsTest, AServerThatFillsUpRefusesNewKeys) {
  RedisServer server({"--maxmemory", "3mb"});
  Open(server);
  absl::StatusOr<bool> put = true;
  int puts = 0;
  while (put.ok() && puts < 1000) put = Put(absl::StrCat("oauth1d:", puts++), std::string(20'000, 'x'));
  EXPECT_THAT(put, FailsWith(Reason::kStoreFull));
  EXPECT_THAT(Swap("oauth1d:0", std::string(20'000, 'x'), "done"), IsOkAnd(true));
}

TEST_F(RedisFaultsTest, AWrongPasswordIsRetriedUntilItIsRight) {
  RedisServer server;
  Open(server, "new password");
  ASSERT_TRUE(RunUntilState(StoreState::kDown));
  EXPECT_THAT(why_, HasSubstr("WRONGPASS"));
  EXPECT_THAT(why_, ::testing::Not(HasSubstr("new password")));
  EXPECT_THAT(Put("oauth1d:k", "v"), FailsWith(Reason::kStoreUnavailable));
  ASSERT_EQ(server.Command({"ACL", "SETUSER", RedisServer::kUsername, ">new password"}), "OK");
  ASSERT_TRUE(RunUntilState(StoreState::kUp));
  EXPECT_THAT(Put("oauth1d:k", "v"), IsOkAnd(true));
}

TEST_F(RedisFaultsTest, NewCredentialsAreUsedForTheNextConnection) {
  RedisServer server;
  Open(server, "wrong");
  ASSERT_TRUE(RunUntilState(StoreState::kDown));
  store_->SetCredentials(AsServiceUser(server));
  EXPECT_TRUE(RunUntilState(StoreState::kUp));
}

TEST_F(RedisFaultsTest, AMissingRightIsToldOnceAndWaitedForUntilItIsGiven) {
  for (const std::string command : {"get", "set", "del", "pttl", "eval", "evalsha", "ping", "info", "role"}) {
    RedisServer server;
    ASSERT_EQ(server.Command({"ACL", "SETUSER", RedisServer::kUsername, "-" + command}), "OK");
    told_.clear();
    Open(server);
    ASSERT_TRUE(RunUntilState(StoreState::kDown)) << command;
    RunFor(std::chrono::milliseconds(200));
    ASSERT_THAT(told_, ElementsAre(AllOf(HasSubstr(command), HasSubstr("NOPERM"))));
    EXPECT_THAT(Put("oauth1d:k", "v"), FailsWith(Reason::kStoreUnavailable));
    ASSERT_EQ(server.Command({"ACL", "SETUSER", RedisServer::kUsername, "+" + command}), "OK");
    ASSERT_TRUE(RunUntilState(StoreState::kUp)) << command << ": " << why_;
    store_.reset();
    RunReady(loop_);
  }
}

TEST_F(RedisFaultsTest, ARightThatIsTakenAwayWhileItRunsIsNoticedAndWaitedFor) {
  RedisServer server;
  Open(server);
  ASSERT_THAT(Put("oauth1d:k", "v"), IsOkAnd(true));
  ASSERT_EQ(server.Command({"ACL", "SETUSER", RedisServer::kUsername, "-evalsha"}), "OK");
  EXPECT_THAT(Swap("oauth1d:k", "v", "w"), FailsWith(Reason::kStoreUnavailable));
  ASSERT_TRUE(RunUntil(loop_, [&] { return absl::StrContains(why_, "do what it must on oauth1d:*: evalsha"); }))
      << why_;
  EXPECT_EQ(store_->state(), StoreState::kDown);
  ASSERT_EQ(server.Command({"ACL", "SETUSER", RedisServer::kUsername, "+evalsha"}), "OK");
  ASSERT_TRUE(RunUntilState(StoreState::kUp));
  EXPECT_THAT(Swap("oauth1d:k", "v", "w"), IsOkAnd(true));
}

TEST_F(RedisFaultsTest, RightsOnOtherKeysAreNotEnough) {
  RedisServer server;
  ASSERT_EQ(server.Command({"ACL", "SETUSER", RedisServer::kUsername, "resetkeys", "~other:*"}), "OK");
  Open(server);
  ASSERT_TRUE(RunUntilState(StoreState::kDown));
  EXPECT_THAT(why_, HasSubstr("get, set, pttl, del, eval, evalsha"));
}

TEST_F(RedisFaultsTest, AUserThatIsTakenAwayEndsTheConnection) {
  RedisServer server;
  Open(server);
  ASSERT_TRUE(RunUntilState(StoreState::kUp));
  ASSERT_EQ(server.Command({"ACL", "DELUSER", RedisServer::kUsername}), "1");
  EXPECT_TRUE(RunUntilState(StoreState::kDown));
  EXPECT_THAT(Put("oauth1d:k", "v"), FailsWith(Reason::kStoreUnavailable));
}

TEST_F(RedisFaultsTest, AnEvictingServerIsUnsuitable) {
  RedisServer server({"--maxmemory-policy", "allkeys-lru"});
  Open(server);
  ASSERT_TRUE(RunUntilState(StoreState::kUnsuitable));
  EXPECT_THAT(why_, HasSubstr("allkeys-lru"));
  EXPECT_THAT(Put("oauth1d:k", "v"), FailsWith(Reason::kStoreUnavailable));
  ASSERT_EQ(server.Command({"CONFIG", "SET", "maxmemory-policy", "noeviction"}), "OK");
  EXPECT_TRUE(RunUntilState(StoreState::kUp));
}

TEST_F(RedisFaultsTest, AServerThatBecomesAReplicaIsLeftUntilItIsAMasterAgain) {
  RedisServer server;
  const RedisServer master;
  Open(server);
  ASSERT_THAT(Put("oauth1d:k", "v"), IsOkAnd(true));
  ASSERT_EQ(server.Command({"REPLICAOF", "127.0.0.1", absl::StrCat(master.port())}), "OK");
  EXPECT_THAT(Put("oauth1d:k2", "v"), FailsWith(Reason::kStoreUnavailable));
  ASSERT_TRUE(RunUntilState(StoreState::kDown));
  EXPECT_TRUE(RunUntil(loop_, [&] { return absl::StrContains(why_, "no master"); })) << why_;
  ASSERT_EQ(server.Command({"REPLICAOF", "NO", "ONE"}), "OK");
  EXPECT_TRUE(RunUntilState(StoreState::kUp));
}

TEST_F(RedisFaultsTest, TooFewReplicasAreNotFull) {
  RedisServer server({"--min-replicas-to-write", "1"});
  Open(server);
  const auto put = Put("oauth1d:k", "v");
  EXPECT_THAT(put, FailsWith(Reason::kStoreUnavailable));
  EXPECT_THAT(put.status().message(), HasSubstr("NOREPLICAS"));
}

// Ten thousand reads in flight in waves, each told by its value whose it is; many callers leave at odd moments, and
// the server hangs for longer than the watchdog waits now and then.
TEST_F(RedisFaultsTest, RepliesNeverShift) {
  RedisServer server;
  Open(server);
  constexpr int kKeys = 100;
  for (int i = 0; i < kKeys; ++i) {
    ASSERT_THAT(Put(absl::StrCat("oauth1d:", i), absl::StrCat("oauth1d:", i)), IsOkAnd(true));
  }
  std::mt19937 random(11);
  int answered = 0;
  int abandoned = 0;
  int unavailable = 0;
  for (int wave = 0; wave < 50; ++wave) {
    ASSERT_TRUE(RunUntilState(StoreState::kUp));
    const bool hangs = wave % 10 == 5;
    if (hangs) server.Pause();
    std::vector<std::string> keys;
    Gets gets;
    for (int i = 0; i < 200; ++i) {
      keys.push_back(absl::StrCat("oauth1d:", random() % kKeys));
      const bool hurried = random() % 4 == 0;
      gets.push_back(StartGet(keys.back(), hurried ? absl::Microseconds(random() % 2000) : absl::Seconds(20)));
    }
    while (!AllDone(gets)) {
      loop_.restart();
      loop_.run_for(std::chrono::microseconds(200));
      const auto& get = gets[random() % gets.size()];
      if (random() % 2 == 0) {
        // On the loop: elsewhere the task may end between the call and its effect.
        boost::asio::post(loop_, [get] {
          if (!get->done()) get->cancellation.emit(boost::asio::cancellation_type::terminal);
        });
      }
    }
    if (hangs) server.Resume();
    for (size_t i = 0; i < gets.size(); ++i) {
      const absl::StatusOr<std::optional<Entry>>& result = *gets[i]->result;
      if (result.ok()) {
        ++answered;
        ASSERT_TRUE(result->has_value());
        ASSERT_EQ((*result)->value, keys[i]);
      } else if (ReasonOf(result.status()) == Reason::kStoreUnavailable) {
        ++unavailable;
      } else {
        ++abandoned;
        ASSERT_TRUE(ReasonOf(result.status()) == Reason::kDeadline || absl::IsCancelled(result.status()))
            << result.status();
      }
    }
  }
  EXPECT_EQ(answered + abandoned + unavailable, 10'000);
  EXPECT_GT(answered, 3000);
  EXPECT_GT(abandoned, 500);
  EXPECT_GT(unavailable, 100);
}

}  // namespace
}  // namespace oauth1d::storage
