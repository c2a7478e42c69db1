// Redis through TLS: a network attacker or a neighbour gets no byte of ours, and the service's user may do its work
// and nothing else.
#include "absl/strings/str_cat.h"
#include "storage/redis_store.h"
#include "tests/storage/fake_redis.h"
#include "tests/storage/key_value_store_contract.h"
#include "tests/storage/tls_redis.h"
#include "tests/support/run_task.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::storage {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

TlsRedis& SharedServer() {
  static TlsRedis server;
  return server;
}

INSTANTIATE_TEST_SUITE_P(RedisOverMutualTls, KeyValueStoreContract,
                         ::testing::Values([](boost::asio::io_context& loop) {
                           auto store =
                               std::make_unique<RedisStore>(loop, RealEnvironment(), SharedServer().Options(), nullptr);
                           store->Start();
                           EXPECT_TRUE(RunUntil(loop, [&] { return store->state() == StoreState::kUp; }))
                               << store->KnownState();
                           return store;
                         }));

// One record of a handshake, whole, and in it a ClientHello (RFC 8446, sections 5.1 and 4).
MATCHER(IsAClientHelloAndNothingElse, "") {
  const auto at = [&](size_t i) { return static_cast<unsigned char>(arg[i]); };
  return arg.size() > 9 && at(0) == 22 && arg.size() == 5U + at(3) * 256U + at(4) && at(5) == 1 &&
         arg.size() == 9U + at(6) * 65536U + at(7) * 256U + at(8);
}

class RedisTlsTest : public ::testing::Test {
 protected:
  void TearDown() override {
    if (connection_ != nullptr) connection_->Stop();
    RunReady(loop_);
  }

  void Connect(RedisOptions options) {
    connection_ = std::make_shared<RedisConnection>(loop_, RealEnvironment(), std::move(options),
                                                    [this](StoreState, std::string why) { why_ = std::move(why); });
    connection_->Start();
  }

  bool RunUntilState(StoreState state) {
    return RunUntil(loop_, [&] { return connection_->state() == state; });
  }

  // Connects through a wiretap, fails, and what went over the wire is one ClientHello a connection.
  void ExpectNothingIsTold(RedisOptions options, int port, const ::testing::Matcher<std::string>& why) {
    Wiretap tap(loop_, port);
    options.address = tap.address();
    Connect(std::move(options));
    ASSERT_TRUE(RunUntil(loop_, [&] { return connection_->state() == StoreState::kDown && tap.heard().size() >= 2; }));
    EXPECT_THAT(why_, why);
    const auto command = RunTask(loop_, [&] { return connection_->Command({"PING"}, Soon()); });
    EXPECT_THAT(command, FailsWith(Reason::kStoreUnavailable));
    connection_->Stop();
    RunReady(loop_);
    for (const std::string& connection : tap.heard()) {
      EXPECT_THAT(connection, AnyOf(IsEmpty(), IsAClientHelloAndNothingElse()));
    }
    EXPECT_THAT(tap.heard()[0], IsAClientHelloAndNothingElse());
  }

  Reply Answer(std::vector<std::string> words) {
    absl::StatusOr<Reply> reply = RunTask(loop_, [&] { return connection_->Command(words, Soon()); });
    EXPECT_THAT(reply, IsOk());
    return reply.ok() ? *std::move(reply) : Reply();
  }

  static Deadline Soon() { return Deadline::After(RealEnvironment(), absl::Seconds(5)); }

  boost::asio::io_context loop_;
  std::string why_;
  std::shared_ptr<RedisConnection> connection_;
};

TEST_F(RedisTlsTest, AServerWithoutTlsHearsOnlyAClientHello) {
  ExpectNothingIsTold(SharedServer().Options(), SharedServer().server().port(),
                      HasSubstr("the server did not begin TLS; is this its TLS port?"));
}

TEST_F(RedisTlsTest, AListenerThatSaysNothingHearsOnlyAClientHello) {
  ExpectNothingIsTold(SharedServer().Options(), 0, HasSubstr("the server did not begin TLS; is this its TLS port?"));
}

TEST_F(RedisTlsTest, AServerThatTalksFirstInPlainTextIsLeft) {
  FakeRedis server(loop_);
  RedisOptions options = SharedServer().Options();
  options.address = server.address();
  Connect(std::move(options));
  ASSERT_TRUE(RunUntil(loop_, [&] { return server.connections() == 1; }));
  server.Say("-ERR unknown command, try TLS\r\n");
  ASSERT_TRUE(RunUntilState(StoreState::kDown));
  EXPECT_EQ(why_, "the server speaks no TLS on this port");
}

TEST_F(RedisTlsTest, AnotherAuthoritysCertificateIsNotTrusted) {
  RedisOptions options = SharedServer().Options();
  options.tls->ca_pem = egress::TestAuthority().pem();
  ExpectNothingIsTold(options, SharedServer().server().tls_port(),
                      StartsWith("TLS: the server's certificate is not trusted: "));
}

TEST_F(RedisTlsTest, TheSystemsRootsAreTrustedWhereNoneAreNamed) {
  RedisOptions options = SharedServer().Options();
  options.tls->ca_pem = "";
  ExpectNothingIsTold(options, SharedServer().server().tls_port(),
                      StartsWith("TLS: the server's certificate is not trusted: "));
}

TEST_F(RedisTlsTest, AnExpiredCertificateIsNotTrusted) {
  const TlsRedis expired("DNS:redis.test", -60);
  const RedisOptions options = expired.Options();
  ExpectNothingIsTold(options, std::stoi(options.address.substr(10)), HasSubstr("certificate has expired"));
}

TEST_F(RedisTlsTest, ACertificateOfAnotherNameIsRefused) {
  RedisOptions options = SharedServer().Options();
  const int port = SharedServer().server().tls_port();
  for (const char* name : {"another.test", "sub.redis.test", "redis.tes", "127.0.0.2", "::1"}) {
    options.tls->server_name = name;
    ExpectNothingIsTold(
        options, port,
        absl::StrCat("TLS: the server's certificate is not for \"", name, "\"; it names \"redis.test\""));
  }
}

TEST_F(RedisTlsTest, WhatACertificateSaysIsToldEscaped) {
  TlsRedis odd("DNS:evil\x1b[2J\".test,DNS:b.test");
  ExpectNothingIsTold(odd.Options(), odd.server().tls_port(), HasSubstr(R"(names "evil\x1b[2J\x22.test", "b.test")"));
}

TEST_F(RedisTlsTest, WithoutANameToLookForNothingIsEvenConnected) {
  Wiretap tap(loop_);
  for (const char* name : {"", ".", ".redis.test"}) {
    RedisOptions options = SharedServer().Options();
    options.address = tap.address();
    options.tls->server_name = name;
    Connect(options);
    ASSERT_TRUE(RunUntilState(StoreState::kDown));
    EXPECT_THAT(why_, HasSubstr("no server name"));
    connection_->Stop();
    RunReady(loop_);
  }
  EXPECT_THAT(tap.heard(), IsEmpty());
}

TEST_F(RedisTlsTest, ATextThatIsNoCertificateIsTold) {
  RedisOptions options = SharedServer().Options();
  const std::string ca = options.tls->ca_pem;
  for (const std::string& pem : {std::string("x"), ca.substr(0, ca.size() / 2), ca + ca.substr(0, 100)}) {
    options.tls->ca_pem = pem;
    Connect(options);
    ASSERT_TRUE(RunUntilState(StoreState::kDown));
    EXPECT_EQ(why_, "TLS: the CA certificates to trust cannot be read");
    connection_->Stop();
    RunReady(loop_);
  }
  options.tls->ca_pem = ca;
  options.tls->private_key_pem = KeyPem(egress::TestAuthority().Issue("DNS:x"));
  Connect(options);
  ASSERT_TRUE(RunUntilState(StoreState::kDown));
  EXPECT_THAT(why_, HasSubstr("our certificate and its private key"));
}

TEST_F(RedisTlsTest, TheAddressMayBeTheName) {
  RedisOptions options = SharedServer().Options();
  options.tls->server_name = "127.0.0.1";
  Connect(options);
  EXPECT_TRUE(RunUntilState(StoreState::kUp)) << why_;
}

TEST_F(RedisTlsTest, TlsOneTwoIsEnoughAndOlderIsNot) {
  TlsRedis older("DNS:redis.test", 24 * 3600, {"--tls-protocols", "TLSv1.2"});
  Connect(older.Options());
  ASSERT_TRUE(RunUntilState(StoreState::kUp)) << why_;
  EXPECT_EQ(Answer({"PING"}).text, "PONG");
  connection_->Stop();
  TlsRedis old("DNS:redis.test", 24 * 3600, {"--tls-protocols", "TLSv1.1", "--tls-ciphers", "DEFAULT:@SECLEVEL=0"});
  ExpectNothingIsTold(old.Options(), old.server().tls_port(), HasSubstr("TLS"));
}

TEST_F(RedisTlsTest, AServerThatWantsAnotherCertificateOfOursIsWaitedFor) {
  for (const char* protocol : {"TLSv1.2", "TLSv1.3"}) {
    TlsRedis redis("DNS:redis.test", 24 * 3600, {"--tls-protocols", protocol});
    for (const bool none : {true, false}) {
      const egress::TestCertificate others = egress::TestAuthority().Issue("DNS:oauth1d.test");
      RedisOptions options = redis.Options();
      options.tls->certificate_pem = none ? "" : CertificatePem(others);
      options.tls->private_key_pem = none ? Secret() : KeyPem(others);
      Connect(options);
      ASSERT_TRUE(RunUntilState(StoreState::kDown));
      EXPECT_THAT(why_, HasSubstr("certificate")) << protocol;
      EXPECT_THAT(why_, HasSubstr("our")) << protocol;
      // The certificate on disk was replaced: the next attempt takes it.
      connection_->SetCredentials(redis.Options());
      ASSERT_TRUE(RunUntilState(StoreState::kUp)) << why_;
      connection_->Stop();
      RunReady(loop_);
    }
  }
}

TEST_F(RedisTlsTest, TheUserMayDoItsWorkAndNothingElse) {
  SharedServer().server().Command({"SET", "another:key", "v"});
  const std::vector<std::vector<std::string>> forbidden = {
      {"GET", "another:key"},
      {"SET", "another:key", "w"},
      {"DEL", "another:key"},
      {"EVAL", "return redis.call('GET', KEYS[1])", "1", "another:key"},
      {"EVAL", "return redis.call('KEYS', '*')", "0"},
      {"KEYS", "*"},
      {"SCAN", "0"},
      {"FLUSHALL"},
      {"CONFIG", "GET", "*"},
      {"ACL", "LIST"},
      {"DUMP", "oauth1d:x"},
      {"PERSIST", "oauth1d:x"},
      {"SCRIPT", "FLUSH"},
      {"SUBSCRIBE", "oauth1d:x"},
      {"MONITOR"},
      {"SHUTDOWN"},
      {"REPLICAOF", "NO", "ONE"},
      {"MODULE", "LIST"},
  };
  for (const std::vector<std::string>& words : forbidden) {
    Connect(SharedServer().Options());
    ASSERT_TRUE(RunUntilState(StoreState::kUp)) << why_;
    const Reply reply = Answer(words);
    connection_->Stop();
    RunReady(loop_);
    EXPECT_EQ(reply.type, Reply::Type::kError) << words[0];
    EXPECT_THAT(reply.text, AnyOf(HasSubstr("NOPERM"), HasSubstr("can't run"), HasSubstr("ACL failure"))) << words[0];
  }
  EXPECT_EQ(SharedServer().server().Command({"GET", "another:key"}), "v");
}

// Large enough for many records both ways at once.
TEST_F(RedisTlsTest, ReadsAndWritesPassEachOther) {
  Connect(SharedServer().Options());
  ASSERT_TRUE(RunUntilState(StoreState::kUp)) << why_;
  const std::string value(200'000, 'x');
  std::vector<std::shared_ptr<Running<absl::StatusOr<Reply>>>> calls;
  for (int i = 0; i < 40; ++i) {
    const std::string key = absl::StrCat("oauth1d:", i % 4);
    const std::vector<std::string> words =
        i % 2 == 0 ? std::vector<std::string>{"SET", key, value + key} : std::vector<std::string>{"PING", value + key};
    calls.push_back(StartTask(loop_, [this, words] { return connection_->Command(words, Soon()); }));
    RunReady(loop_);
  }
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(RunUntil(loop_, [&] { return calls[i]->done(); }));
    ASSERT_OK_AND_ASSIGN(const Reply reply, *calls[i]->result);
    EXPECT_TRUE(reply.text == (i % 2 == 0 ? "OK" : absl::StrCat(value, "oauth1d:", i % 4))) << i;
  }
}

}  // namespace
}  // namespace oauth1d::storage
