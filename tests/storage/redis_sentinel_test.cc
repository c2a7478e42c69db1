// Redis Sentinel, with real ones: the primary is found, and followed wherever it goes.
#include "absl/strings/str_cat.h"
#include "storage/redis_store.h"
#include "tests/storage/fake_redis.h"
#include "tests/storage/key_value_store_contract.h"
#include "tests/storage/sentinel_group.h"
#include "tests/storage/tls_redis.h"
#include "tests/support/run_task.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::storage {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

SentinelGroup& SharedGroup() {
  static SentinelGroup group;
  return group;
}

INSTANTIATE_TEST_SUITE_P(RedisBySentinel, KeyValueStoreContract, ::testing::Values([](boost::asio::io_context& loop) {
                           auto store =
                               std::make_unique<RedisStore>(loop, RealEnvironment(), SharedGroup().Options(), nullptr);
                           store->Start();
                           EXPECT_TRUE(RunUntil(loop, [&] { return store->state() == StoreState::kUp; }))
                               << store->KnownState();
                           return store;
                         }));

class RedisSentinelTest : public ::testing::Test {
 protected:
  void TearDown() override {
    store_.reset();
    RunReady(loop_);
  }

  void Open(RedisOptions options) {
    store_ = std::make_unique<RedisStore>(loop_, RealEnvironment(), std::move(options),
                                          [this](StoreState, std::string why) { told_ = std::move(why); });
    store_->Start();
  }

  bool RunUntilTold(const std::string& text) {
    return RunUntil(loop_, [&] { return told_.find(text) != std::string::npos; });
  }

  bool IsUpAt(const RedisServer& server) {
    return RunUntil(loop_, [&] {
      return store_->state() == StoreState::kUp && told_ == absl::StrCat("the primary at ", server.address());
    });
  }

  absl::StatusOr<bool> Put(const std::string& key) {
    return RunTask(loop_, [&] { return store_->Put(key, "v", absl::Minutes(1), Soon()); });
  }

  absl::StatusOr<std::optional<Entry>> Get(const std::string& key) {
    return RunTask(loop_, [&] { return store_->Get(key, Soon()); });
  }

  static Deadline Soon() { return Deadline::After(RealEnvironment(), absl::Seconds(5)); }

  boost::asio::io_context loop_;
  std::string told_;
  std::unique_ptr<RedisStore> store_;
};

TEST_F(RedisSentinelTest, AKilledPrimaryIsReplacedAndWhatItHadReplicatedIsThere) {
  SentinelGroup group;
  RedisServer* const old = group.Primary();
  ASSERT_NE(old, nullptr);
  Open(group.Options());
  ASSERT_TRUE(IsUpAt(*old)) << told_;
  ASSERT_THAT(Put("oauth1d:kept"), IsOkAnd(true));
  ASSERT_EQ(old->Command({"WAIT", "2", "5000"}), "2");
  old->Kill();
  RedisServer* const successor = group.WaitForAnotherPrimary(old);
  ASSERT_NE(successor, nullptr);
  ASSERT_TRUE(IsUpAt(*successor)) << told_;
  const auto kept = Get("oauth1d:kept");
  ASSERT_THAT(kept, IsOk());
  EXPECT_TRUE(kept->has_value());
  EXPECT_THAT(Put("oauth1d:new"), IsOkAnd(true));
  EXPECT_EQ(successor->Command({"GET", "oauth1d:new"}), "v");
  // It comes back as if nothing had happened, and takes writes until it is told: none of ours.
  old->Restart();
  for (int i = 0; i < 20; ++i) EXPECT_THAT(Put(absl::StrCat("oauth1d:after", i)), IsOkAnd(true));
  EXPECT_EQ(successor->Command({"GET", "oauth1d:after19"}), "v");
}

TEST_F(RedisSentinelTest, APrimaryThatWasReplacedWhileItStillTakesWritesIsLeft) {
  SentinelGroup group;
  RedisServer* const old = group.Primary();
  Open(group.Options());
  ASSERT_TRUE(IsUpAt(*old)) << told_;
  // Planned: the old primary lives, and its connections stand.
  ASSERT_EQ(group.Ask(0, {"SENTINEL", "FAILOVER", SentinelGroup::kName}), "OK");
  RedisServer* const successor = group.WaitForAnotherPrimary(old);
  ASSERT_NE(successor, nullptr);
  ASSERT_TRUE(IsUpAt(*successor)) << told_;
  EXPECT_THAT(Put("oauth1d:planned"), IsOkAnd(true));
  EXPECT_EQ(successor->Command({"GET", "oauth1d:planned"}), "v");
}

TEST_F(RedisSentinelTest, ADemotedPrimaryIsLeftAtItsFirstRefusalAndNoReplicaIsUsed) {
  SentinelGroup group;
  RedisServer* const primary = group.Primary();
  Open(group.Options());
  ASSERT_TRUE(IsUpAt(*primary)) << told_;
  // Demoted behind the Sentinels' back: they go on naming it for seconds.
  const std::string other = absl::StrCat(group.OtherThan(primary)->port());
  ASSERT_EQ(primary->Command({"REPLICAOF", "127.0.0.1", other}), "OK");
  EXPECT_THAT(Put("oauth1d:refused"), FailsWith(Reason::kStoreUnavailable));
  ASSERT_TRUE(
      RunUntilTold(absl::StrCat("the primary at ", primary->address(), ": the server is no master (role slave)")))
      << told_;
  EXPECT_EQ(store_->state(), StoreState::kDown);
  ASSERT_EQ(primary->Command({"REPLICAOF", "NO", "ONE"}), "OK");
  EXPECT_TRUE(RunUntil(loop_, [&] { return store_->state() == StoreState::kUp; })) << told_;
}

TEST_F(RedisSentinelTest, OneSentinelIsEnough) {
  SentinelGroup group;
  group.KillSentinel(0);
  group.KillSentinel(1);
  Open(group.Options());
  EXPECT_TRUE(IsUpAt(*group.OtherThan(nullptr))) << told_;
}

TEST_F(RedisSentinelTest, SentinelsThatAreAllAwayAreToldAndAPrimaryThatStandsIsKept) {
  SentinelGroup group;
  RedisServer* const primary = group.Primary();
  Open(group.Options());
  ASSERT_TRUE(IsUpAt(*primary)) << told_;
  for (size_t i = 0; i < group.sentinels(); ++i) group.KillSentinel(i);
  ASSERT_TRUE(RunUntilTold("no Sentinel tells of a failover")) << told_;
  EXPECT_EQ(store_->state(), StoreState::kUp);
  EXPECT_THAT(Put("oauth1d:blind"), IsOkAnd(true));
  primary->Kill();
  const RedisOptions options = group.Options();
  ASSERT_TRUE(RunUntilTold("no Sentinel answers (")) << told_;
  ASSERT_TRUE(RunUntilTold("refused")) << told_;
  EXPECT_THAT(told_, AllOf(HasSubstr(options.sentinel->addresses[0]), HasSubstr(options.sentinel->addresses[2])));
  EXPECT_THAT(Put("oauth1d:down"), FailsWith(Reason::kStoreUnavailable));
  primary->Restart();
  for (size_t i = 0; i < group.sentinels(); ++i) group.StartSentinel(i);
  EXPECT_TRUE(RunUntil(loop_, [&] { return store_->state() == StoreState::kUp; })) << told_;
}

TEST_F(RedisSentinelTest, ANameThatNoSentinelKnowsIsTold) {
  RedisOptions options = SharedGroup().Options();
  options.sentinel->primary = "another";
  Open(options);
  EXPECT_TRUE(RunUntilTold("no Sentinel knows a primary called \"another\"")) << told_;
  EXPECT_EQ(store_->state(), StoreState::kDown);
}

TEST_F(RedisSentinelTest, AWrongPasswordAtTheSentinelsIsToldAndMayBeMended) {
  RedisOptions options = SharedGroup().Options();
  options.sentinel->password = Secret("mistyped");
  Open(options);
  ASSERT_TRUE(RunUntilTold("WRONGPASS")) << told_;
  EXPECT_EQ(told_.find("mistyped"), std::string::npos);
  store_->SetCredentials(SharedGroup().Options());
  EXPECT_TRUE(RunUntil(loop_, [&] { return store_->state() == StoreState::kUp; })) << told_;
}

TEST_F(RedisSentinelTest, ARightThatIsMissingAtTheSentinelsIsTold) {
  SentinelGroup group;
  for (size_t i = 0; i < group.sentinels(); ++i) {
    group.Ask(i, {"ACL", "SETUSER", RedisServer::kUsername, "-sentinel|get-master-addr-by-name"});
  }
  Open(group.Options());
  EXPECT_TRUE(RunUntilTold("NOPERM")) << told_;
  EXPECT_EQ(store_->state(), StoreState::kDown);
}

TEST_F(RedisSentinelTest, APortOfRedisInPlaceOfASentinelsIsTold) {
  RedisOptions options = SharedGroup().Options();
  RedisServer redis;
  options.sentinel->addresses = {redis.address()};
  options.sentinel->password = Secret(RedisServer::kPassword);
  Open(options);
  EXPECT_TRUE(RunUntilTold("this is no Sentinel (role master)")) << told_;
}

// What a Sentinel says of "mymaster".
FakeRedis::Answer Says(const std::string& epoch, const std::string& host, const std::string& port) {
  return [=](const FakeRedis::Words& words) -> std::optional<std::string> {
    if (words[0] == "ROLE") return "*2\r\n$8\r\nsentinel\r\n*0\r\n";
    if (words[0] != "SENTINEL") return FakeRedis::GoodServer(words);
    if (words[1] == "MASTER") return absl::StrCat("*2\r\n", FakeRedis::Bulk("config-epoch"), FakeRedis::Bulk(epoch));
    return absl::StrCat("*2\r\n", FakeRedis::Bulk(host), FakeRedis::Bulk(port));
  };
}

TEST_F(RedisSentinelTest, TheNewestAnswerCountsHoweverFewGiveIt) {
  FakeRedis left_behind(loop_);
  FakeRedis primary(loop_);
  const auto port = [](const FakeRedis& server) { return server.address().substr(10); };
  FakeRedis cut_off(loop_, Says("4", "127.0.0.1", port(left_behind)));
  FakeRedis current(loop_, Says("5", "127.0.0.1", port(primary)));
  RedisOptions options;
  options.sentinel.emplace().addresses = {cut_off.address(), current.address()};
  options.sentinel->primary = SentinelGroup::kName;
  Open(options);
  ASSERT_TRUE(RunUntilTold(absl::StrCat("the primary at ", primary.address()))) << told_;
  EXPECT_EQ(left_behind.connections(), 0);
  cut_off.SetAnswer(Says("6", "127.0.0.1", port(left_behind)));
  EXPECT_TRUE(RunUntil(loop_, [&] { return left_behind.connections() == 1; }));
}

TEST_F(RedisSentinelTest, TheServerMustProveToBeTheHostThatSentinelNames) {
  for (const bool right : {true, false}) {
    TlsRedis redis(right ? "IP:127.0.0.1" : "IP:127.0.0.2");
    FakeRedis sentinel(loop_, Says("1", "127.0.0.1", absl::StrCat(redis.server().tls_port())));
    RedisOptions options = redis.Options();
    options.tls->server_name.clear();
    options.sentinel.emplace().addresses = {sentinel.address()};
    options.sentinel->primary = SentinelGroup::kName;
    Open(options);
    EXPECT_TRUE(RunUntilTold(right ? "the primary at" : "certificate is not for \"127.0.0.1\"")) << told_;
    EXPECT_TRUE(RunUntil(loop_, [&] { return store_->state() == (right ? StoreState::kUp : StoreState::kDown); }));
    store_.reset();
    RunReady(loop_);
  }
}

// The way to a Sentinel is the way to a Redis server: what differs is whose name it must have.
TEST_F(RedisSentinelTest, ASentinelMustProveToBeTheHostThatIsConfigured) {
  for (const bool right : {true, false}) {
    TlsRedis redis(right ? "IP:127.0.0.1" : "IP:127.0.0.2");
    RedisOptions options;
    RedisSentinel& sentinel = options.sentinel.emplace();
    sentinel.addresses = {absl::StrCat("127.0.0.1:", redis.server().tls_port())};
    sentinel.primary = SentinelGroup::kName;
    sentinel.tls = redis.Options().tls;
    sentinel.tls->server_name.clear();
    Open(options);
    EXPECT_TRUE(RunUntilTold(right ? "this is no Sentinel" : "certificate is not for \"127.0.0.1\"")) << told_;
    store_.reset();
    RunReady(loop_);
  }
}

TEST_F(RedisSentinelTest, AHungSentinelCostsTheOthersNoTime) {
  FakeRedis primary(loop_);
  FakeRedis hung(loop_, [](const FakeRedis::Words&) { return std::nullopt; });
  FakeRedis one(loop_, Says("1", "127.0.0.1", primary.address().substr(10)));
  FakeRedis two(loop_, Says("1", "127.0.0.1", primary.address().substr(10)));
  RedisOptions options;
  options.sentinel.emplace().addresses = {hung.address(), one.address(), two.address()};
  options.sentinel->primary = SentinelGroup::kName;
  Open(options);
  ASSERT_TRUE(RunUntil(loop_, [&] { return store_->state() == StoreState::kUp; })) << told_;
  EXPECT_THAT(Put("oauth1d:k"), IsOkAnd(true));
}

}  // namespace
}  // namespace oauth1d::storage
