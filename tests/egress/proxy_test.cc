#include "tests/egress/proxy_test.h"

#include <utility>

namespace oauth1d::egress {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(ProxyTest, TheProxyIsAskedForTheOriginByItsName) {
  const ScriptedServer proxy(Tunnels());
  Use(proxy);
  ASSERT_THAT(SendTo("provider.test", 8080), IsOk());
  EXPECT_THAT(proxy.requests(), ElementsAre("CONNECT provider.test:8080 HTTP/1.1\r\nHost: provider.test:8080\r\n\r\n",
                                            "GET / HTTP/1.1\r\nHost: provider.test:8080\r\n\r\n"));
  EXPECT_THAT(dns_.names(), IsEmpty());  // looking it up is the proxy's matter
}

TEST_F(ProxyTest, AnIPv6OriginStandsInBrackets) {
  const ScriptedServer proxy(Tunnels());
  Use(proxy);
  ASSERT_THAT(SendTo("2606:4700:4700::1111"), IsOk());
  EXPECT_THAT(proxy.requests()[0], HasSubstr("CONNECT [2606:4700:4700::1111]:80 HTTP/1.1\r\n"));
}

TEST_F(ProxyTest, TheTunnelServesRequestAfterRequest) {
  const ScriptedServer proxy(Tunnels());
  Use(proxy);
  for (int i = 0; i < 3; ++i) ASSERT_THAT(SendTo("provider.test"), IsOk());
  EXPECT_EQ(proxy.connections(), 1);
  EXPECT_THAT(proxy.requests(), SizeIs(4));
}

TEST_F(ProxyTest, CredentialsAreSentToTheProxyAndToNobodyElse) {
  const ScriptedServer proxy(Tunnels());
  Use(proxy, "Aladdin", "open sesame");  // RFC 7617, section 2
  ASSERT_THAT(SendTo("provider.test"), IsOk());
  EXPECT_THAT(proxy.requests()[0], HasSubstr("\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"));
  EXPECT_THAT(proxy.requests()[1], Not(HasSubstr("QWxhZGRpbjpvcGVuIHNlc2FtZQ")));
}

TEST_F(ProxyTest, Any2xxOpensTheTunnelWhateverItsHeadersSay) {
  for (const char* const answer :
       {"HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.1 204 \r\n\r\n", "HTTP/1.1 200\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nVia: x\r\n\r\n"}) {
    const ScriptedServer proxy(Tunnels(answer));
    Use(proxy);
    EXPECT_THAT(SendTo("provider.test"), IsOk()) << answer;
  }
}

TEST_F(ProxyTest, AnAnswerMayComeByteByByte) {
  const ScriptedServer proxy([](Peer& peer, int) {
    peer.ReadRequest();
    for (const char c : std::string(kTunnel)) peer.Send(absl::string_view(&c, 1));
    while (!peer.ReadRequest().empty()) peer.Send(kOk);
  });
  Use(proxy);
  EXPECT_THAT(SendTo("provider.test"), IsOk());
}

TEST_F(ProxyTest, TlsRunsThroughTheTunnelAndEndsAtTheProvider) {
  const TestAuthority authority;
  rules_->ca_pem = authority.pem();
  const TestCertificate certificate = authority.Issue("DNS:provider.test");
  const ScriptedServer provider(AlwaysAnswer(kOk), &certificate);
  const ScriptedServer proxy([&](Peer& peer, int) {
    peer.ReadRequest();
    peer.Send(kTunnel);
    peer.RelayTo(provider.port());
  });
  Use(proxy);
  for (const char* const host : {"provider.test", "other.test"}) {
    HttpRequest request = Request(443);
    request.origin.tls = true;
    request.origin.host = host;
    const auto answer = Send(std::move(request));
    EXPECT_EQ(answer.ok(), absl::string_view(host) == "provider.test") << answer.status();
  }
  EXPECT_THAT(proxy.requests(), ElementsAre("CONNECT provider.test:443 HTTP/1.1\r\nHost: provider.test:443\r\n\r\n",
                                            "CONNECT other.test:443 HTTP/1.1\r\nHost: other.test:443\r\n\r\n"));
  EXPECT_THAT(provider.requests(), ElementsAre("GET / HTTP/1.1\r\nHost: provider.test\r\n\r\n"));
}

TEST_F(ProxyTest, TheRulesAboutAddressesSpeakOfTheProxy) {
  const ScriptedServer proxy(Tunnels());
  dns_.Set("proxy.test", {"127.0.0.1"});
  rules_->allow_blocks.clear();
  for (const char* const host : {"127.0.0.1", "proxy.test", "localhost"}) {
    Use(host, proxy.port());
    const auto answer = SendTo("provider.test");
    EXPECT_THAT(answer, FailsWith(Reason::kDestinationDenied)) << host;
    EXPECT_THAT(std::string(answer.status().message()),
                AllOf(HasSubstr("the proxy cannot be reached: "), HasSubstr("127.0.0.1 is loopback (127.0.0.0/8)")));
    EXPECT_EQ(SentOf(answer.status()), Sent::kNo);
  }
  EXPECT_EQ(proxy.connections(), 0);
  rules_ = LoopbackRules();
  Use("proxy.test", proxy.port());
  EXPECT_THAT(SendTo("provider.test"), IsOk());
}

TEST_F(ProxyTest, AnOriginThatIsNoNameIsCheckedHere) {
  const ScriptedServer proxy(Tunnels());
  Use(proxy);
  for (const char* const host : {"10.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1",
                                 "0x7f000001", "127.1", "2130706433", "127.0.0.1."}) {
    const auto answer = SendTo(host);
    EXPECT_THAT(answer, FailsWith(Reason::kDestinationDenied)) << host;
  }
  EXPECT_EQ(proxy.connections(), 0);
  for (const char* const host : {"127.0.0.1", "localhost", "8.8.8.8"}) EXPECT_THAT(SendTo(host), IsOk()) << host;
}

TEST_F(ProxyTest, AProxyThatIsThisServiceIsDenied) {
  const ScriptedServer proxy(Tunnels());
  Use(proxy);
  pool_->DenyOwnPort(proxy.port());
  EXPECT_THAT(SendTo("provider.test"), FailsWith(Reason::kDestinationDenied));
  EXPECT_THAT(proxy.requests(), IsEmpty());
}

TEST_F(ProxyTest, AProxyThatIsNotThereIsTold) {
  Use("127.0.0.1", 1);
  const auto answer = SendTo("provider.test");
  EXPECT_THAT(answer, FailsWith(Reason::kProviderUnreachable));
  EXPECT_EQ(SentOf(answer.status()), Sent::kNo);
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("the proxy cannot be reached: cannot connect"));
}

TEST_F(ProxyTest, AConnectionIsSharedOnlyByThoseWithEqualProxies) {
  const ScriptedServer proxy(Tunnels());
  rules_ = LoopbackRules();
  int connections = 0;
  const auto expect = [&](bool is_new) {
    ASSERT_THAT(SendTo("provider.test"), IsOk());
    connections += is_new ? 1 : 0;
    EXPECT_EQ(proxy.connections(), connections);
  };
  Use(proxy);
  expect(true);
  Use(proxy);  // other rules, and equal ones
  expect(false);
  Use("localhost", proxy.port());
  expect(true);
  Use(proxy, "user", "one");
  expect(true);
  Use(proxy, "user", "two");
  expect(true);
  Use(proxy, "use", "rone");
  expect(true);
  Use(proxy, "user", "one");
  expect(false);
}

TEST_F(ProxyTest, AHostThatIsTwoLinesIsNotSent) {
  const ScriptedServer proxy(Tunnels());
  Use(proxy);
  for (const char* const host : {"a.test:80 HTTP/1.1\r\nX: y", "a b", "a.test\n", ""}) {
    EXPECT_THAT(SendTo(host), FailsWith(Reason::kInternal)) << host;
  }
  EXPECT_THAT(proxy.requests(), IsEmpty());
}

}  // namespace
}  // namespace oauth1d::egress
