// What the tests of proxies share: a proxy that is the origin as well, and rules that lead to it.
#ifndef OAUTH1D_TESTS_EGRESS_PROXY_TEST_H_
#define OAUTH1D_TESTS_EGRESS_PROXY_TEST_H_

#include <memory>
#include <string>
#include <utility>

#include "tests/egress/mock_dns.h"
#include "tests/egress/pool_test.h"

namespace oauth1d::egress {

inline constexpr char kTunnel[] = "HTTP/1.1 200 Connection established\r\n\r\n";

class ProxyTest : public PoolTest {
 protected:
  ProxyTest() {
    HttpPoolOptions options;
    options.resolver.name_servers = dns_.address();
    Rebuild(options);
  }

  // A proxy that is the origin as well: what comes through the tunnel is answered by itself.
  static ScriptedServer::Script Tunnels(std::string connected = kTunnel) {
    return [connected = std::move(connected)](Peer& peer, int) {
      if (peer.ReadRequest().empty()) return;
      peer.Send(connected);
      while (!peer.ReadRequest().empty()) peer.Send(kOk);
    };
  }

  void Use(const ScriptedServer& proxy, std::string username = "", absl::string_view password = "") {
    Use("127.0.0.1", proxy.port(), std::move(username), password);
  }
  void Use(std::string host, uint16_t port, std::string username = "", absl::string_view password = "") {
    auto rules = std::make_shared<NetworkRules>(*rules_);
    HttpProxy& proxy = rules->proxy.emplace();
    proxy.host = std::move(host);
    proxy.port = port;
    proxy.username = std::move(username);
    proxy.password = Secret(password);
    rules_ = std::move(rules);
  }

  absl::StatusOr<HttpResponse> SendTo(const std::string& host, uint16_t port = 80) {
    HttpRequest request = Request(port);
    request.origin.host = host;
    return Send(std::move(request));
  }

  // What a request through a proxy that answers with `answer` and closes ends in.
  std::string ProblemAfter(const std::string& answer, const std::string& username = "") {
    const ScriptedServer proxy([&](Peer& peer, int) {
      peer.ReadRequest();
      peer.Send(answer);
    });
    Use(proxy, username, "a password");
    return Problem(SendTo("provider.test"), proxy);
  }
  static std::string Problem(const absl::StatusOr<HttpResponse>& answer, const ScriptedServer& proxy) {
    EXPECT_THAT(answer, FailsWith(Reason::kProviderUnreachable));
    EXPECT_EQ(SentOf(answer.status()), Sent::kNo);
    EXPECT_EQ(proxy.requests().size(), 1u);  // CONNECT alone
    return std::string(answer.status().message());
  }

  MockDns dns_;
};

}  // namespace oauth1d::egress

#endif  // OAUTH1D_TESTS_EGRESS_PROXY_TEST_H_
