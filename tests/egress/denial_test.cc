// Where no request may go.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "tests/egress/mock_dns.h"
#include "tests/egress/pool_test.h"

namespace oauth1d::egress {
namespace {

using ::testing::ElementsAre;

class DenialTest : public PoolTest {
 protected:
  DenialTest() {
    HttpPoolOptions options;
    options.resolver.name_servers = dns_.address();
    Rebuild(options);
    rules_->allow_blocks.clear();
  }

  absl::StatusOr<HttpResponse> SendTo(const std::string& host) {
    HttpRequest request = Request(server_.port());
    request.origin.host = host;
    return Send(std::move(request));
  }

  void ExpectDenied(const std::string& host) {
    const auto answer = SendTo(host);
    EXPECT_THAT(answer, FailsWith(Reason::kDestinationDenied)) << host;
    EXPECT_EQ(SentOf(answer.status()), Sent::kNo) << host;
    EXPECT_EQ(server_.connections(), 0) << host;
  }

  MockDns dns_;
  ScriptedServer server_{AlwaysAnswer(kOk)};
};

TEST_F(DenialTest, PlainHttpNeedsPermission) {
  rules_ = LoopbackRules();
  rules_->allow_plain_http = false;
  const auto answer = Send(Request(server_.port()));
  EXPECT_THAT(answer, FailsWith(Reason::kDestinationDenied));
  EXPECT_EQ(SentOf(answer.status()), Sent::kNo);
  EXPECT_EQ(server_.connections(), 0);
}

TEST_F(DenialTest, LoopbackIsDeniedHoweverItIsWritten) {
  for (const char* const host : {"127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1",
                                 "64:ff9b::7f00:1", "2002:7f00:1::", "0.0.0.0", "::", "localhost"}) {
    ExpectDenied(host);
  }
}

TEST_F(DenialTest, NumbersThatOnlySomeReadAsAddressesAreNames) {
  dns_.Set("elsewhere.test", {"127.0.0.1"});
  for (const char* const host : {"127.1", "0x7f.1", "2130706433", "017700000001", "0177.0.0.1"}) {
    const auto answer = SendTo(host);
    EXPECT_THAT(answer, FailsWith(Reason::kDestinationDenied)) << host;
    EXPECT_EQ(SentOf(answer.status()), Sent::kNo) << host;
  }
  EXPECT_EQ(server_.connections(), 0);
  EXPECT_THAT(dns_.names(), ::testing::IsEmpty());
}

TEST_F(DenialTest, ANameThatLeadsInsideIsDenied) {
  dns_.Set("rebound.test", {"127.0.0.1"});
  dns_.Set("rebound6.test", {"::1"});
  dns_.Set("mapped.test", {"::ffff:127.0.0.1"});
  dns_.Set("metadata.test", {"169.254.169.254"});
  for (const char* const host : {"rebound.test", "rebound6.test", "mapped.test", "metadata.test"}) ExpectDenied(host);
}

TEST_F(DenialTest, OneInternalAnswerAmongPublicOnesDeniesTheName) {
  dns_.Set("mixed.test", {"8.8.8.8", "127.0.0.1"});
  dns_.Set("mixed6.test", {"8.8.8.8", "fd00::1"});
  ExpectDenied("mixed.test");
  ExpectDenied("mixed6.test");
}

TEST_F(DenialTest, ANameThatTurnsInsideLaterIsDeniedThen) {
  rules_ = LoopbackRules();
  dns_.Set("flips.test", {"127.0.0.1"}, 5);
  ASSERT_THAT(SendTo("flips.test"), IsOk());
  dns_.Set("flips.test", {"10.0.0.1"}, 5);
  environment_.Advance(absl::Seconds(31));  // the answer's life, and the idle connection's
  const auto answer = SendTo("flips.test");
  EXPECT_THAT(answer, FailsWith(Reason::kDestinationDenied));
  EXPECT_EQ(server_.connections(), 1);
}

TEST_F(DenialTest, AnAllowedBlockOpensWhatItSays) {
  rules_ = LoopbackRules();
  dns_.Set("inside.test", {"127.0.0.1"});
  for (const char* const host : {"127.0.0.1", "::ffff:127.0.0.1", "inside.test"}) {
    EXPECT_THAT(SendTo(host), IsOk()) << host;
  }
  EXPECT_THAT(SendTo("localhost"), IsOk());
  EXPECT_THAT(dns_.names(), ElementsAre("inside.test"));  // numbers and localhost need no name server
}

TEST_F(DenialTest, ThePeerOfTheSocketCounts) {
  // The kernel takes 0.0.0.0 for loopback: the block that opens the one does not open the other.
  rules_->allow_blocks.push_back(Block("0.0.0.0/8"));
  const auto answer = SendTo("0.0.0.0");
  EXPECT_THAT(answer, FailsWith(Reason::kDestinationDenied));
  EXPECT_EQ(SentOf(answer.status()), Sent::kNo);
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(DenialTest, AnotherAddressIsTriedWhenOneRefuses) {
  rules_ = LoopbackRules();
  dns_.Set("two.test", {"127.0.0.2", "127.0.0.1"});  // the server listens on the second alone
  EXPECT_THAT(SendTo("two.test"), IsOk());
}

TEST_F(DenialTest, TheServicesOwnPortsAreDeniedThoughTheAddressIsAllowed) {
  rules_ = LoopbackRules();
  dns_.Set("own.test", {"127.0.0.1"});
  pool_->DenyOwnPort(1);
  ASSERT_THAT(SendTo("127.0.0.1"), IsOk());
  pool_->DenyOwnPort(server_.port());
  environment_.Advance(absl::Seconds(31));  // the idle connection's life
  RunReady(loop_);
  for (const char* const host : {"127.0.0.1", "own.test", "localhost"}) {
    const auto answer = SendTo(host);
    EXPECT_THAT(answer, FailsWith(Reason::kDestinationDenied)) << host;
    EXPECT_THAT(std::string(answer.status().message()), ::testing::HasSubstr("this service itself")) << host;
    EXPECT_EQ(SentOf(answer.status()), Sent::kNo) << host;
  }
  EXPECT_EQ(server_.requests().size(), 1u);
}

TEST_F(DenialTest, WithoutRulesNothingIsSent) {
  HttpRequest request = Request(server_.port());
  request.rules = nullptr;
  EXPECT_THAT(Send(std::move(request)), FailsWith(Reason::kInternal));
}

}  // namespace
}  // namespace oauth1d::egress
