// Whom TLS trusts.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/egress/mock_dns.h"
#include "tests/egress/pool_test.h"

namespace oauth1d::egress {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class TlsTest : public PoolTest {
 protected:
  TlsTest() {
    HttpPoolOptions options;
    options.resolver.name_servers = dns_.address();
    Rebuild(options);
    dns_.Set("provider.test", {"127.0.0.1"});
    dns_.Set("provider.test.", {"127.0.0.1"});
    rules_->ca_pem = authority_.pem();
  }

  HttpRequest TlsRequest(uint16_t port, const std::string& host = "provider.test") {
    HttpRequest request = Request(port);
    request.origin.tls = true;
    request.origin.host = host;
    return request;
  }

  void ExpectNoTrust(const TestCertificate& certificate, const std::string& why,
                     const std::string& host = "provider.test", int most_tls = 0) {
    const ScriptedServer server(AlwaysAnswer(kOk), &certificate, most_tls);
    const auto answer = Send(TlsRequest(server.port(), host));
    EXPECT_THAT(answer, FailsWith(Reason::kProviderUnreachable));
    EXPECT_EQ(SentOf(answer.status()), Sent::kNo);
    EXPECT_THAT(std::string(answer.status().message()), HasSubstr(why));
    EXPECT_THAT(server.requests(), SizeIs(0));
  }

  // Tells whether OpenSSL's own defaults are low, and which versions of TLS we spoke.
  [[noreturn]] void SpeakToOldAndNew() {
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> plain(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
    const bool lowered =
        SSL_CTX_get_min_proto_version(plain.get()) == 0 && SSL_CTX_get_security_level(plain.get()) == 0;
    const TestCertificate certificate = authority_.Issue("DNS:provider.test");
    bool spoke[2];
    for (const int version : {TLS1_1_VERSION, TLS1_2_VERSION}) {
      const ScriptedServer server(AlwaysAnswer(kOk), &certificate, version);
      spoke[version - TLS1_1_VERSION] = Send(TlsRequest(server.port())).ok();
    }
    std::fprintf(stderr, "lowered=%d old=%d new=%d\n", lowered, spoke[0], spoke[1]);
    std::_Exit(0);
  }

  MockDns dns_;
  const TestAuthority authority_;
};

TEST_F(TlsTest, APrivateAuthorityIsTrustedWhereTheRulesSaySo) {
  const TestCertificate certificate = authority_.Issue("DNS:provider.test,IP:127.0.0.1");
  const ScriptedServer server(AlwaysAnswer(kOk), &certificate);
  for (const char* const host : {"provider.test", "127.0.0.1", "provider.test."}) {
    const auto answer = Send(TlsRequest(server.port(), host));
    ASSERT_THAT(answer, IsOk()) << host;
    EXPECT_EQ(answer->body, "ok");
  }
  EXPECT_EQ(server.requests()[0], absl::StrCat("GET / HTTP/1.1\r\nHost: provider.test:", server.port(), "\r\n\r\n"));
}

TEST_F(TlsTest, OneOfSeveralAuthoritiesIsEnough) {
  rules_->ca_pem = TestAuthority().pem() + authority_.pem();
  const TestCertificate certificate = authority_.Issue("DNS:provider.test");
  const ScriptedServer server(AlwaysAnswer(kOk), &certificate);
  EXPECT_THAT(Send(TlsRequest(server.port())), IsOk());
}

TEST_F(TlsTest, AnotherNameIsNotTrusted) {
  ExpectNoTrust(authority_.Issue("DNS:other.test"), "hostname mismatch");
  ExpectNoTrust(authority_.Issue("DNS:sub.provider.test"), "hostname mismatch");
  ExpectNoTrust(authority_.Issue("DNS:*.test"), "IP address mismatch", "127.0.0.1");
  ExpectNoTrust(authority_.Issue("DNS:p*.test"), "hostname mismatch");
  ExpectNoTrust(authority_.Issue("DNS:127.0.0.1"), "IP address mismatch", "127.0.0.1");
  ExpectNoTrust(authority_.Issue("IP:127.0.0.2"), "IP address mismatch", "127.0.0.1");
}

TEST_F(TlsTest, AnExpiredCertificateIsNotTrusted) {
  ExpectNoTrust(authority_.Issue("DNS:provider.test", 60), "expired");
}

TEST_F(TlsTest, AnUnknownAuthorityIsNotTrusted) {
  ExpectNoTrust(TestAuthority().Issue("DNS:provider.test"), "certificate");
  rules_ = LoopbackRules();  // the system's roots
  ExpectNoTrust(authority_.Issue("DNS:provider.test"), "certificate");
}

TEST_F(TlsTest, TheEnvironmentAddsNoTrust) {
  const std::string file = ::testing::TempDir() + "/oauth1d_evil_ca.pem";
  std::ofstream(file) << authority_.pem();
  setenv(X509_get_default_cert_file_env(), file.c_str(), 1);
  setenv(X509_get_default_cert_dir_env(), ::testing::TempDir().c_str(), 1);
  rules_ = LoopbackRules();  // the system's roots
  ExpectNoTrust(authority_.Issue("DNS:provider.test"), "certificate");
  unsetenv(X509_get_default_cert_file_env());
  unsetenv(X509_get_default_cert_dir_env());
}

TEST_F(TlsTest, OldVersionsAreNotSpoken) {
  const TestCertificate certificate = authority_.Issue("DNS:provider.test");
  ExpectNoTrust(certificate, "", "provider.test", TLS1_1_VERSION);
  const ScriptedServer server(AlwaysAnswer(kOk), &certificate, TLS1_2_VERSION);
  EXPECT_THAT(Send(TlsRequest(server.port())), IsOk());
}

// OpenSSL reads OPENSSL_CONF once: in a process of its own.
TEST_F(TlsTest, OpenSslsConfigurationCannotLowerTheBar) {
  const std::string file = ::testing::TempDir() + "/oauth1d_openssl.cnf";
  std::ofstream(file) << "openssl_conf = all\n[all]\nssl_conf = tls\n[tls]\nsystem_default = weak\n[weak]\n"
                         "MinProtocol = None\nCipherString = ALL:@SECLEVEL=0\nVerifyMode = Once\n"
                         "Options = UnsafeLegacyRenegotiation,UnsafeLegacyServerConnect\n";
  setenv("OPENSSL_CONF", file.c_str(), 1);
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(SpeakToOldAndNew(), ::testing::ExitedWithCode(0), "lowered=1 old=0 new=1");
  unsetenv("OPENSSL_CONF");
}

TEST_F(TlsTest, APeerThatSpeaksNoTlsSeesNoRequest) {
  std::string seen;
  {
    const ScriptedServer server([&](Peer& peer, int) {
      seen = peer.ReadSome();
      peer.Send(kOk);
      peer.WaitForEnd();
    });
    const auto answer = Send(TlsRequest(server.port()));
    EXPECT_THAT(answer, FailsWith(Reason::kProviderUnreachable));
    EXPECT_EQ(SentOf(answer.status()), Sent::kNo);
    pool_->Stop();
  }
  EXPECT_THAT(seen, ::testing::Not(HasSubstr("GET")));
}

TEST_F(TlsTest, RulesWithoutACertificateAreAFault) {
  const ScriptedServer server(AlwaysAnswer(kOk));
  for (const std::string& pem : {std::string("not PEM"), authority_.pem() + "-----BEGIN CERTIFICATE-----\nxx\n"}) {
    rules_ = LoopbackRules();
    rules_->ca_pem = pem;
    EXPECT_THAT(Send(TlsRequest(server.port())), FailsWith(Reason::kInternal));
  }
}

TEST_F(TlsTest, ConnectionsAreReusedAndSessionsResumed) {
  const TestCertificate certificate = authority_.Issue("DNS:provider.test");
  for (const int most_tls : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const ScriptedServer server(AlwaysAnswer(kOk), &certificate, most_tls);
    for (int i = 0; i < 3; ++i) ASSERT_THAT(Send(TlsRequest(server.port())), IsOk());
    EXPECT_EQ(server.connections(), 1);
    for (int i = 0; i < 3; ++i) {
      environment_.Advance(absl::Seconds(31));
      RunReady(loop_);
      ASSERT_THAT(Send(TlsRequest(server.port())), IsOk());
    }
    EXPECT_EQ(server.connections(), 4);
    EXPECT_EQ(server.resumed_sessions(), 3);
  }
}

TEST_F(TlsTest, AnIdleConnectionThatTheProviderClosedIsReplaced) {
  const TestCertificate certificate = authority_.Issue("DNS:provider.test");
  for (const bool politely : {false, true}) {
    std::atomic<bool> closed = false;
    const ScriptedServer server(
        [&](Peer& peer, int number) {
          if (number > 0) return AlwaysAnswer(kOk)(peer, number);
          peer.ReadRequest();
          peer.Send(kOk);
          if (politely) peer.HalfClose();
          peer.Close();
          closed = true;
        },
        &certificate);
    ASSERT_THAT(Send(TlsRequest(server.port())), IsOk());
    ASSERT_TRUE(RunUntil(loop_, [&] { return closed.load(); }));
    ASSERT_THAT(Send(TlsRequest(server.port())), IsOk());
    EXPECT_EQ(server.connections(), 2);
    EXPECT_THAT(server.requests(), SizeIs(2));
  }
}

TEST_F(TlsTest, AnAnswerUntilTheEndNeedsACleanEnd) {
  const TestCertificate certificate = authority_.Issue("DNS:provider.test");
  for (const bool clean : {true, false}) {
    const ScriptedServer server(
        [clean](Peer& peer, int) {
          peer.ReadRequest();
          peer.Send("HTTP/1.1 200 OK\r\n\r\nhello");
          if (clean) peer.HalfClose();
        },
        &certificate);
    const auto answer = Send(TlsRequest(server.port()));
    if (clean) {
      ASSERT_THAT(answer, IsOk());
      EXPECT_EQ(answer->body, "hello");
    } else {
      EXPECT_THAT(answer, FailsWith(Reason::kProviderUnreachable));
      EXPECT_EQ(SentOf(answer.status()), Sent::kYes);
    }
  }
}

TEST_F(TlsTest, LargeBodiesGoBothWays) {
  const TestCertificate certificate = authority_.Issue("DNS:provider.test");
  const std::string large(900 * 1024, 'x');
  const ScriptedServer server(
      AlwaysAnswer(absl::StrCat("HTTP/1.1 200 OK\r\nContent-Length: ", large.size(), "\r\n\r\n", large)), &certificate);
  HttpRequest request = TlsRequest(server.port());
  request.method = "POST";
  request.body.assign(4 * 1024 * 1024, 'y');
  const auto answer = Send(std::move(request));
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->body, large);
  EXPECT_THAT(server.requests()[0], ::testing::EndsWith(std::string(4 * 1024 * 1024, 'y')));
}

}  // namespace
}  // namespace oauth1d::egress
