// Callers, limits, destinations and previous keys, from the text to the snapshot.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/config/config_folder.h"

namespace oauth1d::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::NotNull;
using ::testing::UnorderedElementsAre;

constexpr char kDigest[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

class CallersTest : public testing::Test {
 protected:
  void MakeCertificate(const std::string& name) const {
    const std::string command = absl::StrCat(
        "cd ", folder_.path(), " && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes ",
        "-subj /CN=", name, " -days 3650 -keyout ", name, ".key -out ", name, ".pem >log 2>&1 && chmod 0600 ", name,
        ".key");
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
  std::string Text(const std::string& file) const {
    std::ostringstream text;
    text << std::ifstream(folder_.path() + "/" + file).rdbuf();
    return text.str();
  }
  Loaded LoadNow(const std::string& yaml) const {
    return LoadText(yaml, folder_.path(), absl::Now(), folder_.Environment());
  }

  ConfigFolder folder_;
};

TEST_F(CallersTest, LoadsIdentitiesAndWhoVouchesForThem) {
  for (const char* const name : {"server", "clients", "domain"}) MakeCertificate(name);
  Pieces pieces;
  pieces.listen =
      "listen: {tls: {cert_file: server.pem, key_file: server.key, client_ca_file: clients.pem, api_keys_alone: true,\n"
      "  trust_domains: [{name: example.org, ca_file: domain.pem}]}}\n";
  pieces.owners = absl::StrCat(
      "owners:\n- name: web\n  providers: [{name: twitter}]\n  also_opens: [old]\n  identities:\n",
      "  - {spiffe_id: spiffe://example.org/ns/shop/sa/web}\n  - {dns_name: Web.Example, api_key_sha256: [", kDigest,
      "]}\n- {name: jobs, identities: [{api_key_sha256: [", kDigest, "]}]}\n- name: old\n");
  const Loaded loaded = LoadNow(pieces.Text());
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  EXPECT_THAT(loaded.warnings, IsEmpty()) << ToLines(loaded.warnings);
  const ListenTls& tls = *loaded.snapshot->listen.tls;
  EXPECT_EQ(tls.caller_ca_pem, Text("clients.pem") + Text("domain.pem"));
  EXPECT_TRUE(tls.api_keys_alone);
  EXPECT_THAT(loaded.snapshot->owners[0]->also_opens, ElementsAre("old"));
  ASSERT_THAT(loaded.snapshot->directory, NotNull());
  EXPECT_EQ(loaded.snapshot->directory->owners(), loaded.snapshot->owners);
  EXPECT_FALSE(loaded.snapshot->directory->Identify({}, absl::Now()).ok()) << "nobody is anybody any more";
  EXPECT_THAT(loaded.files, testing::SizeIs(4)) << "what changes without us";

  const Loaded again = ConfigFolder().Load(loaded.effective);
  ASSERT_THAT(again.snapshot, NotNull()) << ToLines(again.mistakes);
  EXPECT_EQ(again.effective, loaded.effective);
}

TEST_F(CallersTest, WithoutIdentitiesEverybodyIsTheDefault) {
  MakeCertificate("a");
  Pieces pieces;
  pieces.listen = "listen: {tls: {cert_file: a.pem, key_file: a.key, client_ca_file: a.pem}}\n";
  const Loaded loaded = LoadNow(pieces.Text());
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  EXPECT_THAT(loaded.warnings, ElementsAre(testing::Field(&Mistake::what, HasSubstr("no owner has identities"))));
  const auto caller = loaded.snapshot->directory->Identify({}, absl::Now());
  ASSERT_TRUE(caller.ok());
  EXPECT_EQ(caller->owner, loaded.snapshot->owners[0]);
}

TEST_F(CallersTest, WarnsOfAnOwnerThatNobodyIs) {
  MakeCertificate("a");
  Pieces pieces;
  pieces.listen = "listen: {tls: {cert_file: a.pem, key_file: a.key, client_ca_file: a.pem}}\n";
  pieces.owners = "owners: [{name: web, identities: [{dns_name: a}]}, {name: lost}]\n";
  const Loaded loaded = LoadNow(pieces.Text());
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  EXPECT_THAT(loaded.warnings, testing::SizeIs(1)) << "and not of a missing default";
  EXPECT_THAT(loaded.warnings, HasMistake("owners[1]", "nobody is this owner"));
}

// A key beside a certificate makes another caller of it.
TEST_F(CallersTest, OwnersMayDifferByASecondFactor) {
  MakeCertificate("a");
  Pieces pieces;
  pieces.listen = "listen: {tls: {cert_file: a.pem, key_file: a.key, client_ca_file: a.pem}}\n";
  pieces.owners = absl::StrCat("owners: [{name: web, identities: [{dns_name: a}]}, {name: admin, identities: [",
                               "{dns_name: a, api_key_sha256: [", kDigest, "]}]}]\n");
  const Loaded loaded = LoadNow(pieces.Text());
  EXPECT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
}

TEST_F(CallersTest, LimitsHaveDefaults) {
  const Loaded loaded = folder_.Load(Pieces().Text());
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  const Snapshot& snapshot = *loaded.snapshot;
  const callers::QuotaLimits quotas;
  EXPECT_EQ(snapshot.quotas.in_flight, quotas.in_flight);
  EXPECT_EQ(snapshot.quotas.in_flight_per_owner, quotas.in_flight_per_owner);
  EXPECT_EQ(snapshot.quotas.in_flight_per_provider, quotas.in_flight_per_provider);
  EXPECT_EQ(snapshot.quotas.bytes_in_flight, quotas.bytes_in_flight);
  EXPECT_EQ(snapshot.quotas.pending_flows_per_owner, quotas.pending_flows_per_owner);
  const ConnectionLimits connections;
  EXPECT_EQ(snapshot.connections.connections, connections.connections);
  EXPECT_EQ(snapshot.connections.connections_per_identity, connections.connections_per_identity);
  EXPECT_EQ(snapshot.connections.streams_per_connection, connections.streams_per_connection);
  EXPECT_EQ(snapshot.connections.metadata_bytes, connections.metadata_bytes);
  const providers::HouseRules rules;
  EXPECT_EQ(snapshot.rules->flow_life, rules.flow_life);
  EXPECT_EQ(snapshot.rules->token_reply_bytes, rules.token_reply_bytes);
  EXPECT_EQ(snapshot.rules->refuse_sealed_before, rules.refuse_sealed_before);
  EXPECT_THAT(snapshot.rules->refused_token_ids, IsEmpty());
  EXPECT_THAT(snapshot.audit.file, IsEmpty());
  EXPECT_FALSE(snapshot.audit.refuse_when_full);
}

TEST_F(CallersTest, LimitsAuditAndTokenRulesAreTaken) {
  const Loaded loaded = folder_.Load(
      "limits: {in_flight: 1, in_flight_per_owner: 2, in_flight_per_provider: 3, megabytes_in_flight: 4,\n"
      "  pending_flows_per_owner: 5, flow_lifetime: 6m, token_reply_kilobytes: 7, connections: 8,\n"
      "  connections_per_identity: 9, streams_per_connection: 10, metadata_kilobytes: 11}\n"
      "audit: {file: audit.jsonl, when_full: refuse}\n"
      "access_tokens: {refuse_sealed_before: 2023-11-14T01:00:00+01:00, refuse_ids: [" +
      std::string(32, '4') + "]}\n" + Pieces().Text());
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  EXPECT_THAT(loaded.warnings, IsEmpty()) << ToLines(loaded.warnings);
  const Snapshot& snapshot = *loaded.snapshot;
  EXPECT_EQ(snapshot.quotas.in_flight, 1);
  EXPECT_EQ(snapshot.quotas.in_flight_per_owner, 2);
  EXPECT_EQ(snapshot.quotas.in_flight_per_provider, 3);
  EXPECT_EQ(snapshot.quotas.bytes_in_flight, size_t{4} << 20);
  EXPECT_EQ(snapshot.quotas.pending_flows_per_owner, 5);
  EXPECT_EQ(snapshot.rules->flow_life, absl::Minutes(6));
  EXPECT_EQ(snapshot.rules->token_reply_bytes, size_t{7} << 10);
  EXPECT_EQ(snapshot.connections.connections, 8);
  EXPECT_EQ(snapshot.connections.connections_per_identity, 9);
  EXPECT_EQ(snapshot.connections.streams_per_connection, 10);
  EXPECT_EQ(snapshot.connections.metadata_bytes, size_t{11} << 10);
  EXPECT_EQ(snapshot.audit.file, folder_.path() + "/audit.jsonl");
  EXPECT_TRUE(snapshot.audit.refuse_when_full);
  EXPECT_EQ(snapshot.rules->refuse_sealed_before, absl::FromCivil(absl::CivilDay(2023, 11, 14), absl::UTCTimeZone()));
  EXPECT_THAT(snapshot.rules->refused_token_ids, ElementsAre(std::string(16, 'D')));
  EXPECT_EQ(ConfigFolder().Load(loaded.effective).effective, loaded.effective);
}

TEST_F(CallersTest, WarnsOfARefusalThatIsToCome) {
  const Loaded loaded =
      folder_.Load("access_tokens: {refuse_sealed_before: '2024-01-01T00:00:00Z'}\n" + Pieces().Text());
  EXPECT_THAT(loaded.warnings, HasMistake("access_tokens.refuse_sealed_before", "is to come"));
}

TEST_F(CallersTest, GrantsSayWhatMayBeDone) {
  Pieces pieces;
  pieces.owners =
      "owners: [{name: default, in_flight: 1, pending_flows: 2, calls_per_second: 3, providers: [{name: twitter,\n"
      "  rpcs: [SignedRequest, ListProviders], methods: [GET, PATCH], path_prefixes: [/1.1/statuses, /2/],\n"
      "  in_flight: 4, calls_per_second: 5}]}]\n";
  const Loaded loaded = folder_.Load(pieces.Text());
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  const providers::Owner& owner = *loaded.snapshot->owners[0];
  EXPECT_EQ(owner.in_flight, 1);
  EXPECT_EQ(owner.pending_flows, 2);
  EXPECT_EQ(owner.calls_per_second, 3);
  const providers::Grant& grant = owner.grants[0];
  EXPECT_THAT(grant.rpcs, UnorderedElementsAre(providers::Rpc::kSignedRequest, providers::Rpc::kListProviders));
  EXPECT_THAT(grant.methods, UnorderedElementsAre("GET", "PATCH"));
  EXPECT_THAT(grant.path_prefixes, ElementsAre("/1.1/statuses", "/2/"));
  EXPECT_EQ(grant.in_flight, 4);
  EXPECT_EQ(grant.calls_per_second, 5);
  EXPECT_EQ(ConfigFolder().Load(loaded.effective).effective, loaded.effective);
}

TEST_F(CallersTest, LoadsTheTlsOfARedisStore) {
  for (const char* const name : {"ca", "mine", "other"}) MakeCertificate(name);
  Pieces pieces;
  pieces.store =
      "store: {redis: {address: 'Redis.internal:6379', tls: {ca_file: ca.pem, cert_file: mine.pem, "
      "key_file: mine.key}}}\n";
  const Loaded loaded = LoadNow(pieces.Text());
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  const RedisTls& tls = *loaded.snapshot->store.redis->tls;
  EXPECT_EQ(tls.ca_pem, Text("ca.pem"));
  EXPECT_EQ(tls.certificate_pem, Text("mine.pem"));
  EXPECT_EQ(tls.private_key_pem.Reveal(), Text("mine.key"));
  EXPECT_EQ(tls.server_name, "redis.internal");
  pieces.store = "store: {redis: {address: '[::1]:6379', tls: {}}}\n";
  const Loaded plain = LoadNow(pieces.Text());
  ASSERT_THAT(plain.snapshot, NotNull()) << ToLines(plain.mistakes);
  EXPECT_EQ(plain.snapshot->store.redis->tls->server_name, "::1");
  EXPECT_THAT(plain.snapshot->store.redis->tls->ca_pem, IsEmpty());
  pieces.store =
      "store: {redis: {address: 'unix:/r.sock', tls: {server_name: r, cert_file: mine.pem, key_file: "
      "other.key}}}\n";
  EXPECT_THAT(LoadNow(pieces.Text()).mistakes, HasMistake("store.redis.tls.key_file", "does not belong to"));
}

TEST_F(CallersTest, LoadsAProxy) {
  folder_.Write("pw", "canary\n");
  Pieces pieces;
  pieces.more = "  egress: {proxy: {address: 'Proxy.internal:3128', username: us, password: {file: pw}}}\n";
  const Loaded loaded = folder_.Load(pieces.Text());
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  const HttpProxy& proxy = *loaded.snapshot->providers[0]->network_rules->proxy;
  EXPECT_EQ(proxy.host, "proxy.internal");
  EXPECT_EQ(proxy.port, 3128);
  EXPECT_EQ(proxy.username, "us");
  EXPECT_EQ(proxy.password.Reveal(), "canary");
  EXPECT_THAT(loaded.effective, testing::Not(HasSubstr("canary")));
  EXPECT_EQ(ConfigFolder().Load(loaded.effective).effective, loaded.effective);
  folder_.Write("pw", "two\nlines");
  EXPECT_THAT(folder_.Load(pieces.Text()).mistakes, HasMistake("providers[0].egress.proxy.password", "a line break"));
}

TEST_F(CallersTest, AConsumerRemembersItsPreviousKeys) {
  folder_.SetVariable("OLD_SECRET", "old secret");
  Pieces pieces;
  pieces.consumers =
      "  consumers: [{name: main, key: new-key, secret: {command: {argv: [/bin/echo, new secret]}},\n"
      "    previous: [{key: old-key, secret: {env: OLD_SECRET}}]}]\n";
  const Loaded loaded = folder_.Load(pieces.Text());
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  const providers::Consumer& consumer = loaded.snapshot->providers[0]->consumers[0];
  EXPECT_EQ(consumer.secret.Reveal(), "new secret") << "without the line break";
  ASSERT_THAT(consumer.previous, testing::SizeIs(1));
  EXPECT_EQ(consumer.previous[0]->name, "main");
  EXPECT_EQ(consumer.previous[0]->key, "old-key");
  EXPECT_EQ(consumer.previous[0]->secret.Reveal(), "old secret");
  EXPECT_THAT(consumer.previous[0]->previous, IsEmpty());
  EXPECT_THAT(loaded.effective, HasSubstr("argv:\n        - /bin/echo\n"));
  ConfigFolder elsewhere;
  elsewhere.SetVariable("OLD_SECRET", "another");
  EXPECT_EQ(elsewhere.Load(loaded.effective).effective, loaded.effective);
}

}  // namespace
}  // namespace oauth1d::config
