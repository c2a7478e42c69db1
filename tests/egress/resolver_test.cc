#include "server/egress/resolver.h"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <cstdlib>
#include <fstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/egress/mock_dns.h"
#include "tests/support/fake_environment.h"
#include "tests/support/run_task.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::egress {
namespace {

using ::testing::SizeIs;
using Mood = MockDns::Mood;

class ResolverTest : public ::testing::Test {
 protected:
  ResolverTest() {
    ResolverOptions options;
    options.name_servers = dns_.address();
    resolver_ = std::make_unique<Resolver>(loop_, environment_, options);
  }

  auto Start(std::string host, absl::Duration time = absl::Seconds(25)) {
    const TimeLimit limit(Deadline::After(environment_, time), Expiry::kDeadline);
    return StartTask(loop_, [this, host = std::move(host), limit] { return resolver_->Resolve(host, limit); });
  }

  // The addresses, or the error.
  std::string Resolve(std::string host) {
    const auto running = Start(std::move(host));
    if (!RunUntil(loop_, [&] { return running->done(); })) return "nothing";
    if (!running->result->ok()) return std::string(absl::StatusCodeToString(running->result->status().code()));
    std::string text;
    for (const auto& address : **running->result) absl::StrAppend(&text, text.empty() ? "" : " ", address.to_string());
    return text;
  }

  FakeEnvironment environment_;
  boost::asio::io_context loop_;
  MockDns dns_;
  std::unique_ptr<Resolver> resolver_;
};

TEST_F(ResolverTest, GivesTheAddressesOfBothFamilies) {
  dns_.Set("a.test", {"192.0.2.1", "192.0.2.2", "2001:db8::1"});
  const std::string found = Resolve("a.test");
  for (const char* const address : {"192.0.2.1", "192.0.2.2", "2001:db8::1"}) {
    EXPECT_THAT(found, ::testing::HasSubstr(address));
  }
  EXPECT_EQ(Resolve("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(Resolve("2001:db8::7"), "2001:db8::7");
  EXPECT_THAT(Resolve("localhost"), ::testing::HasSubstr("127.0.0.1"));
  EXPECT_THAT(dns_.names(), SizeIs(1));
}

TEST_F(ResolverTest, RemembersAnAnswerForItsLifeWithinBounds) {
  dns_.Set("short.test", {"192.0.2.1"}, 0);
  dns_.Set("long.test", {"192.0.2.1"}, 3600);
  Resolve("short.test");
  Resolve("long.test");
  environment_.Advance(absl::Seconds(4));
  Resolve("short.test");
  EXPECT_EQ(dns_.questions("short.test"), 1);
  environment_.Advance(absl::Seconds(1));
  Resolve("short.test");
  EXPECT_EQ(dns_.questions("short.test"), 2);
  environment_.Advance(absl::Seconds(54));
  Resolve("long.test");
  EXPECT_EQ(dns_.questions("long.test"), 1);
  environment_.Advance(absl::Seconds(1));
  Resolve("long.test");
  EXPECT_EQ(dns_.questions("long.test"), 2);
}

TEST_F(ResolverTest, OneLookupServesAllWhoAskMeanwhile) {
  dns_.Set("a.test", {"192.0.2.1"});
  std::vector<decltype(Start("a.test"))> running;
  for (int i = 0; i < 20; ++i) running.push_back(Start("a.test"));
  for (const auto& each : running) {
    ASSERT_TRUE(RunUntil(loop_, [&] { return each->done(); }));
    EXPECT_THAT(*each->result, IsOk());
  }
  EXPECT_EQ(dns_.questions("a.test"), 1);
}

TEST_F(ResolverTest, NoSearchListApplies) {
  dns_.SetMood("host", Mood::kNoSuchName);
  EXPECT_EQ(Resolve("host"), "UNAVAILABLE");
  EXPECT_THAT(dns_.names(), ::testing::ElementsAre("host"));
}

TEST_F(ResolverTest, TheEnvironmentIsNotAsked) {
  const std::string aliases = ::testing::TempDir() + "/oauth1d_host_aliases";
  const std::string hosts = ::testing::TempDir() + "/oauth1d_hosts";
  std::ofstream(aliases) << "host evil.test\n";
  std::ofstream(hosts) << "127.0.0.1 host\n";
  const std::pair<const char*, std::string> settings[] = {{"LOCALDOMAIN", "evil.test"},
                                                          {"RES_OPTIONS", "ndots:9 retry:9 retrans:60"},
                                                          {"HOSTALIASES", aliases},
                                                          {"CARES_HOSTS", hosts}};
  for (const auto& [name, value] : settings) setenv(name, value.c_str(), 1);
  dns_.SetMood("host", Mood::kNoSuchName);
  dns_.Set("evil.test", {"192.0.2.66"});
  dns_.Set("host.evil.test", {"192.0.2.66"});
  EXPECT_EQ(Resolve("host"), "UNAVAILABLE");
  EXPECT_THAT(dns_.names(), ::testing::ElementsAre("host"));
  EXPECT_EQ(dns_.questions("host"), 1);
  for (const auto& [name, value] : settings) unsetenv(name);
}

TEST_F(ResolverTest, RemembersAFailureForASecond) {
  for (const Mood mood : {Mood::kNoSuchName, Mood::kServerFailure}) {
    const std::string name = mood == Mood::kNoSuchName ? "none.test" : "fails.test";
    dns_.SetMood(name, mood);
    EXPECT_EQ(Resolve(name), "UNAVAILABLE");
    const int questions = dns_.questions(name);
    EXPECT_EQ(Resolve(name), "UNAVAILABLE");
    EXPECT_EQ(dns_.questions(name), questions);
    environment_.Advance(absl::Seconds(1));
    EXPECT_EQ(Resolve(name), "UNAVAILABLE");
    EXPECT_GT(dns_.questions(name), questions);
  }
}

TEST_F(ResolverTest, NameServersThatAreSilentAreGivenUpAfterTwoSeconds) {
  dns_.SetMood("silent.test", Mood::kSilent);
  const auto running = Start("silent.test");
  ASSERT_TRUE(RunUntil(loop_, [&] { return dns_.questions("silent.test") > 0; }));
  environment_.Advance(absl::Milliseconds(1999));
  RunReady(loop_);
  EXPECT_FALSE(running->done());
  environment_.Advance(absl::Milliseconds(1));
  ASSERT_TRUE(RunUntil(loop_, [&] { return running->done(); }));
  EXPECT_THAT(*running->result, FailsWith(Reason::kProviderUnreachable));
}

TEST_F(ResolverTest, TheLastGoodAnswerServesWhileTheNameServersFail) {
  dns_.Set("a.test", {"192.0.2.1"}, 10);
  EXPECT_EQ(Resolve("a.test"), "192.0.2.1");
  dns_.SetMood("a.test", Mood::kServerFailure);
  environment_.Advance(absl::Seconds(10));
  EXPECT_EQ(Resolve("a.test"), "192.0.2.1");
  environment_.Advance(absl::Seconds(59));
  EXPECT_EQ(Resolve("a.test"), "192.0.2.1");
  RunUntil(
      loop_, [] { return false; }, std::chrono::milliseconds(100));  // the lookup in the background
  environment_.Advance(absl::Seconds(1));
  EXPECT_EQ(Resolve("a.test"), "UNAVAILABLE");
}

TEST_F(ResolverTest, ANameThatIsGoneIsGoneAtOnce) {
  dns_.Set("a.test", {"192.0.2.1"}, 10);
  EXPECT_EQ(Resolve("a.test"), "192.0.2.1");
  dns_.SetMood("a.test", Mood::kNoSuchName);
  environment_.Advance(absl::Seconds(10));
  EXPECT_EQ(Resolve("a.test"), "UNAVAILABLE");
}

TEST_F(ResolverTest, LookupsInFlightAreCapped) {
  std::vector<decltype(Start(""))> running;
  for (int i = 0; i < 65; ++i) {
    const std::string name = absl::StrCat("silent", i, ".test");
    dns_.SetMood(name, Mood::kSilent);
    running.push_back(Start(name));
  }
  ASSERT_TRUE(RunUntil(loop_, [&] { return running[64]->done(); }));
  EXPECT_THAT(*running[64]->result, FailsWith(Reason::kProviderUnreachable));
  EXPECT_FALSE(running[0]->done());
  resolver_->Stop();
  for (const auto& each : running) EXPECT_TRUE(RunUntil(loop_, [&] { return each->done(); }));
}

TEST_F(ResolverTest, AWaiterMayLeaveBeforeTheAnswer) {
  dns_.SetMood("silent.test", Mood::kSilent);
  const auto cancelled = Start("silent.test");
  const auto late = Start("silent.test", absl::Milliseconds(100));
  RunReady(loop_);
  boost::asio::post(loop_, [&] { cancelled->cancellation.emit(boost::asio::cancellation_type::terminal); });
  environment_.Advance(absl::Milliseconds(100));
  ASSERT_TRUE(RunUntil(loop_, [&] { return cancelled->done() && late->done(); }));
  EXPECT_THAT(*cancelled->result, HasCode(absl::StatusCode::kCancelled));
  EXPECT_THAT(*late->result, FailsWith(Reason::kDeadline));
}

TEST_F(ResolverTest, ItMayBeDestroyedInTheMidstOfALookup) {
  dns_.SetMood("silent.test", Mood::kSilent);
  const auto running = Start("silent.test");
  ASSERT_TRUE(RunUntil(loop_, [&] { return dns_.questions("silent.test") > 0; }));
  resolver_.reset();
  ASSERT_TRUE(RunUntil(loop_, [&] { return running->done(); }));
  EXPECT_THAT(*running->result, FailsWith(Reason::kProviderUnreachable));
}

}  // namespace
}  // namespace oauth1d::egress
