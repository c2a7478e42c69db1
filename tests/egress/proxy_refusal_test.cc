// Proxies that open no tunnel.
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/egress/proxy_test.h"

namespace oauth1d::egress {
namespace {

using ProxyRefusalTest = ProxyTest;

TEST_F(ProxyRefusalTest, ARefusalIsToldInWords) {
  EXPECT_EQ(ProblemAfter("HTTP/1.1 407 x\r\nProxy-Authenticate: Basic\r\n\r\n"),
            "the proxy wants a username and a password (407): set them in the provider's egress.proxy");
  EXPECT_EQ(ProblemAfter("HTTP/1.1 407 x\r\n\r\n", "user"),
            "the proxy refused the username and password of the provider's egress.proxy (407)");
  EXPECT_EQ(ProblemAfter("HTTP/1.1 403 Go away\r\n\r\n"),
            "the proxy does not allow connections to provider.test:80 (403)");
  EXPECT_EQ(ProblemAfter("HTTP/1.1 502 x\r\n\r\n"), "the proxy could not reach provider.test:80 (502)");
  EXPECT_EQ(ProblemAfter("HTTP/1.1 504 x\r\n\r\n"), "the proxy could not reach provider.test:80 (504)");
  for (const int status : {100, 101, 301, 302, 400, 404, 429, 500, 999}) {
    EXPECT_EQ(ProblemAfter(absl::StrCat("HTTP/1.1 ", status, " told by the proxy\r\nLocation: /\r\n\r\n")),
              absl::StrCat("the proxy answered CONNECT provider.test:80 with status ", status));
  }
}

TEST_F(ProxyRefusalTest, AProxyThatIsNoneIsNotBelieved) {
  for (const char* const answer :
       {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/1.1x200 OK\r\n\r\n", "HTTP/1.1 2OO OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n", "\r\n\r\n",
        "HTTP/1.1 +20 OK\r\n\r\n", "ICY 200 OK\r\n\r\n"}) {
    EXPECT_EQ(ProblemAfter(answer), "what answers at the address of the proxy does not speak HTTP/1") << answer;
  }
}

TEST_F(ProxyRefusalTest, AProxyThatHangsUpIsTold) {
  for (const char* const answer : {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\n\n"}) {
    EXPECT_EQ(ProblemAfter(answer), "the proxy closed the connection without an answer to CONNECT") << answer;
  }
}

TEST_F(ProxyRefusalTest, AProxyThatSpeaksForTheProviderIsNotHeard) {
  EXPECT_EQ(ProblemAfter(absl::StrCat(kTunnel, kOk)), "the proxy sent bytes of its own behind its answer to CONNECT");
  EXPECT_EQ(ProblemAfter(absl::StrCat(kTunnel, "x")), "the proxy sent bytes of its own behind its answer to CONNECT");
}

TEST_F(ProxyRefusalTest, AnEndlessAnswerIsCutOff) {
  const std::string problem = "the head of the proxy's answer to CONNECT is longer than 8 KiB";
  EXPECT_EQ(ProblemAfter(absl::StrCat("HTTP/1.1 200 OK\r\nX: ", std::string(100'000, 'x'), "\r\n\r\n")), problem);
}

TEST_F(ProxyRefusalTest, AProxyThatHangsIsGivenUp) {
  const ScriptedServer proxy([](Peer& peer, int) {
    peer.ReadRequest();
    peer.WaitForEnd();
  });
  Use(proxy);
  HttpRequest request = Request(80);
  request.origin.host = "provider.test";
  const auto running = Start(std::move(request));
  ASSERT_TRUE(RunUntil(loop_, [&] { return proxy.requests().size() == 1; }));
  RunReady(loop_);
  environment_.Advance(absl::Seconds(4));
  ASSERT_TRUE(RunUntil(loop_, [&] { return running->done(); }));
  EXPECT_EQ(Problem(*running->result, proxy), "the proxy did not open a tunnel in time");
}

TEST_F(ProxyRefusalTest, ACallerMayLeaveWhileTheProxyHangs) {
  const ScriptedServer proxy([](Peer& peer, int) {
    peer.ReadRequest();
    peer.WaitForEnd();
  });
  Use(proxy);
  HttpRequest request = Request(80);
  request.origin.host = "provider.test";
  const auto running = Start(std::move(request));
  ASSERT_TRUE(RunUntil(loop_, [&] { return proxy.requests().size() == 1; }));
  Cancel(running);
  ASSERT_TRUE(RunUntil(loop_, [&] { return running->done(); }));
  EXPECT_THAT(*running->result, HasCode(absl::StatusCode::kCancelled));
  EXPECT_EQ(pool_->open_sockets(), 0u);
}

}  // namespace
}  // namespace oauth1d::egress
