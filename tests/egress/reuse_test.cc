// Which connections carry another request.
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/egress/pool_test.h"

namespace oauth1d::egress {
namespace {

using ::testing::SizeIs;

class ReuseTest : public PoolTest {
 protected:
  HttpRequest Post(uint16_t port) {
    HttpRequest request = Request(port, "POST");
    request.may_use_stale_connection = false;
    return request;
  }
};

TEST_F(ReuseTest, AConnectionIsKeptForTheNextRequest) {
  const ScriptedServer server(AlwaysAnswer(kOk));
  for (int i = 0; i < 10; ++i) ASSERT_THAT(Send(Request(server.port())), IsOk());
  EXPECT_EQ(server.connections(), 1);
  EXPECT_THAT(server.requests(), SizeIs(10));
  EXPECT_EQ(pool_->idle_connections(), 1u);
}

TEST_F(ReuseTest, ARequestThatCannotBeRepeatedGetsAFreshConnection) {
  const ScriptedServer server(AlwaysAnswer(kOk));
  ASSERT_THAT(Send(Post(server.port())), IsOk());
  environment_.Advance(absl::Milliseconds(999));
  ASSERT_THAT(Send(Post(server.port())), IsOk());
  EXPECT_EQ(server.connections(), 1);
  environment_.Advance(absl::Seconds(1));
  ASSERT_THAT(Send(Post(server.port())), IsOk());
  EXPECT_EQ(server.connections(), 2);
  environment_.Advance(absl::Seconds(29));
  ASSERT_THAT(Send(Request(server.port())), IsOk());
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(ReuseTest, IdleConnectionsAreClosedAfterHalfAMinute) {
  std::atomic<bool> closed = false;
  const ScriptedServer server([&](Peer& peer, int) {
    peer.ReadRequest();
    peer.Send(kOk);
    peer.WaitForEnd();
    closed = true;
  });
  ASSERT_THAT(Send(Request(server.port())), IsOk());
  environment_.Advance(absl::Seconds(30));
  EXPECT_TRUE(RunUntil(loop_, [&] { return closed.load(); }));
  EXPECT_EQ(pool_->idle_connections(), 0u);
  EXPECT_EQ(pool_->open_sockets(), 0u);
}

TEST_F(ReuseTest, AConnectionThatDiedWhileIdleIsReplacedSilently) {
  std::atomic<bool> closed = false;
  const ScriptedServer server([&](Peer& peer, int number) {
    if (number > 0) return AlwaysAnswer(kOk)(peer, number);
    peer.ReadRequest();
    peer.Send(kOk);
    peer.Close();
    closed = true;
  });
  ASSERT_THAT(Send(Request(server.port())), IsOk());
  ASSERT_TRUE(RunUntil(loop_, [&] { return closed.load(); }));
  ASSERT_THAT(Send(Post(server.port())), IsOk());
  EXPECT_EQ(server.connections(), 2);
  EXPECT_THAT(server.requests(), SizeIs(2));
}

TEST_F(ReuseTest, AConnectionThatDiesUnderTheRequestIsNotReplaced) {
  const ScriptedServer server([](Peer& peer, int) {
    peer.ReadRequest();
    peer.Send(kOk);
    peer.ReadRequest();
  });
  ASSERT_THAT(Send(Request(server.port())), IsOk());
  const auto answer = Send(Request(server.port()));
  EXPECT_THAT(answer, FailsWith(Reason::kProviderUnreachable));
  EXPECT_NE(SentOf(answer.status()), Sent::kNo);
  EXPECT_EQ(server.connections(), 1);
  EXPECT_THAT(server.requests(), SizeIs(2));
}

TEST_F(ReuseTest, AConnectionWithSomethingBehindTheAnswerIsNotUsedAgain) {
  const ScriptedServer at_once(AlwaysAnswer(absl::StrCat(kOk, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong")));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Send(Request(at_once.port()))->body, "ok");
  EXPECT_EQ(at_once.connections(), 3);

  std::atomic<int> pushed = 0;
  const ScriptedServer later([&](Peer& peer, int) {
    peer.ReadRequest();
    peer.Send(kOk);
    usleep(20'000);
    peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong");
    ++pushed;
    peer.WaitForEnd();
  });
  EXPECT_EQ(Send(Request(later.port()))->body, "ok");
  ASSERT_TRUE(RunUntil(loop_, [&] { return pushed == 1; }));
  EXPECT_EQ(Send(Request(later.port()))->body, "ok");
  EXPECT_EQ(later.connections(), 2);
}

TEST_F(ReuseTest, OtherRulesMeanOtherConnections) {
  const ScriptedServer server(AlwaysAnswer(kOk));
  ASSERT_THAT(Send(Request(server.port())), IsOk());
  rules_ = LoopbackRules();  // equal ones
  ASSERT_THAT(Send(Request(server.port())), IsOk());
  EXPECT_EQ(server.connections(), 1);
  rules_ = LoopbackRules();
  rules_->allow_blocks.push_back(Block("10.0.0.0/8"));
  ASSERT_THAT(Send(Request(server.port())), IsOk());
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(ReuseTest, TheNumberOfIdleConnectionsIsCapped) {
  HttpPoolOptions options;
  options.idle.per_key = 2;
  options.idle.in_all = 3;
  Rebuild(options);
  const ScriptedServer one(AlwaysAnswer(kOk));
  const ScriptedServer other(AlwaysAnswer(kOk));
  std::vector<decltype(Start(Request(0)))> running;
  for (int i = 0; i < 8; ++i) running.push_back(Start(Request(i < 4 ? one.port() : other.port())));
  for (const auto& each : running) {
    ASSERT_TRUE(RunUntil(loop_, [&] { return each->done(); }));
    EXPECT_THAT(*each->result, IsOk());
  }
  EXPECT_EQ(pool_->idle_connections(), 3u);
}

}  // namespace
}  // namespace oauth1d::egress
