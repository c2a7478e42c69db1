#include "server/config/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/config/config_folder.h"

namespace oauth1d::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::NotNull;
using ::testing::SizeIs;

// The design's example; every key as others will write it.
constexpr char kWholeExample[] = R"(
listen: {address: 127.0.0.1:50051, drain_delay: 5s, reflection: true}   # reflection: by default only without TLS
store: {memory: {}}
keyring: {file: keyring.yaml}              # or {env: OAUTH1D_KEYRING}, the same text
owners:
- name: default                            # every caller, as long as no identity is configured
  providers:
  - {name: twitter, callback_urls: ["http://127.0.0.1:8000/auth/twitter"], application: false}
providers:
- name: twitter                            # what callers say
  record: x                                # start from a built-in record; the fields below override it
  title: Twitter
  consumers: [{name: main, key: demo-key, secret: {env: TWITTER_SECRET}}]   # or {file: path}
  request_token_url: http://127.0.0.1:9000/oauth/request_token
  authorize_url: http://127.0.0.1:9000/oauth/authorize
  access_token_url: http://127.0.0.1:9000/oauth/access_token
  api_base_urls: ["http://127.0.0.1:9000/1.1/"]       # the first is the base of relative urls
  signature_method: HMAC-SHA1                         # the RFC's spelling
  placement: header                                   # header | body | query
  callback_confirmed: require                         # warn | ignore
  reveal_provider_token: false
  egress: {allow_plain_http: true, allow_cidrs: [127.0.0.0/8]}
)";

TEST(LoaderTest, LoadsTheWholeExample) {
  const ConfigFolder folder;
  folder.Write("keyring.yaml", kKeyringText);
  const Loaded loaded = folder.Load(kWholeExample);
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  EXPECT_THAT(loaded.mistakes, IsEmpty());
  EXPECT_THAT(loaded.warnings, IsEmpty());
  const Snapshot& snapshot = *loaded.snapshot;
  EXPECT_EQ(snapshot.listen.address, "127.0.0.1:50051");
  EXPECT_EQ(snapshot.listen.drain_delay, absl::Seconds(5));
  EXPECT_TRUE(snapshot.listen.reflection);
  EXPECT_FALSE(snapshot.listen.tls.has_value());
  EXPECT_FALSE(snapshot.store.redis.has_value());
  EXPECT_EQ(snapshot.keyring->active().id, "k1");
  EXPECT_EQ(snapshot.keyring->active().key.Reveal(), "0123456789abcdef0123456789abcdef");
  ASSERT_THAT(snapshot.providers, SizeIs(1));
  const providers::Provider& twitter = *snapshot.providers[0];
  EXPECT_EQ(twitter.title, "Twitter");
  EXPECT_EQ(twitter.icon_hint, "x");
  EXPECT_TRUE(twitter.three_legged());
  EXPECT_THAT(twitter.capabilities,
              testing::UnorderedElementsAre(providers::Capability::kThreeLegged, providers::Capability::kTwoLegged,
                                            providers::Capability::kOutOfBand))
      << "it is another server than the record's";
  EXPECT_FALSE(twitter.endpoints->revocation_url.has_value()) << "X is not told of a sandbox's tokens";
  ASSERT_THAT(twitter.endpoints, NotNull());
  EXPECT_EQ(twitter.endpoints->request_token_url->ToString(), "http://127.0.0.1:9000/oauth/request_token");
  ASSERT_THAT(twitter.endpoints->api_bases, SizeIs(1));
  EXPECT_EQ(twitter.endpoints->api_bases[0].ToString(), "http://127.0.0.1:9000/1.1/");
  ASSERT_THAT(twitter.consumers, SizeIs(1));
  EXPECT_EQ(twitter.consumers[0].key, "demo-key");
  EXPECT_EQ(twitter.consumers[0].secret.Reveal(), "demo-secret");
  EXPECT_EQ(twitter.callback_confirmed, providers::CallbackConfirmed::kRequire);
  EXPECT_TRUE(twitter.network_rules->allow_plain_http);
  ASSERT_THAT(twitter.network_rules->allow_blocks, SizeIs(1));
  EXPECT_EQ(twitter.network_rules->allow_blocks[0].prefix_length, 96 + 8);
  ASSERT_THAT(snapshot.owners, SizeIs(1));
  const providers::Grant* const grant = snapshot.owners[0]->Find("twitter");
  ASSERT_THAT(grant, NotNull());
  EXPECT_EQ(grant->provider, snapshot.providers[0]);
  EXPECT_TRUE(grant->AllowsCallback("http://127.0.0.1:8000/auth/twitter"));
  EXPECT_FALSE(grant->AllowsCallback("oob"));
}

TEST(LoaderTest, LoadsTheExampleThatIsShipped) {
  ConfigFolder folder;
  folder.SetVariable("X_CONSUMER_SECRET", "secret");
  folder.SetVariable("SANDBOX_CONSUMER_SECRET", "demo-secret");
  const Loaded loaded = folder.LoadFrom(OAUTH1D_SOURCE_DIR "/deploy/oauth1d.example.yaml");
  EXPECT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  EXPECT_THAT(loaded.warnings, IsEmpty()) << ToLines(loaded.warnings);
}

TEST(LoaderTest, FillsInDefaults) {
  const ConfigFolder folder;
  const Loaded loaded = folder.Load(Pieces().Text());
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  const Snapshot& snapshot = *loaded.snapshot;
  EXPECT_EQ(snapshot.listen.address, "127.0.0.1:50051");
  EXPECT_EQ(snapshot.listen.drain_delay, absl::Seconds(5));
  EXPECT_TRUE(snapshot.listen.reflection);
  EXPECT_FALSE(snapshot.store.redis.has_value());
  const providers::Provider& twitter = *snapshot.providers[0];
  EXPECT_EQ(twitter.title, "X");
  for (const providers::Phase* phase : {&twitter.request_token, &twitter.access_token, &twitter.api}) {
    EXPECT_EQ(phase->method, "POST");
    EXPECT_EQ(phase->signature_method, oauth1::SignatureMethod::kHmacSha1);
    EXPECT_EQ(phase->placement, oauth1::Placement::kHeader);
    EXPECT_THAT(phase->parameters, IsEmpty());
  }
  EXPECT_EQ(twitter.callback_confirmed, providers::CallbackConfirmed::kRequire);
  EXPECT_FALSE(twitter.reveal_provider_token);
  EXPECT_FALSE(twitter.network_rules->allow_plain_http);
  EXPECT_THAT(twitter.network_rules->allow_blocks, IsEmpty());
  EXPECT_THAT(twitter.network_rules->ca_pem, IsEmpty());
}

TEST(LoaderTest, LoadsARedisStoreThatSentinelFinds) {
  ConfigFolder folder;
  folder.Write("pw", "store-password\n");
  folder.Write("sentinel-pw", "sentinel-password\n");
  Pieces pieces;
  pieces.store =
      "store: {redis: {sentinel: {addresses: ['a:26379', '[::1]:26379'], primary: mymaster, username: watcher, "
      "password: {file: sentinel-pw}, tls: {}}, username: oauth1d, password: {file: pw}, tls: {}}}\n";
  const Loaded loaded = folder.Load(pieces.Text());
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  const RedisOptions& redis = *loaded.snapshot->store.redis;
  ASSERT_TRUE(redis.sentinel.has_value());
  EXPECT_THAT(redis.sentinel->addresses, testing::ElementsAre("a:26379", "[::1]:26379"));
  EXPECT_EQ(redis.sentinel->primary, "mymaster");
  EXPECT_EQ(redis.sentinel->username, "watcher");
  EXPECT_EQ(redis.sentinel->password.Reveal(), "sentinel-password");
  EXPECT_EQ(redis.password.Reveal(), "store-password");
  // Names that only a connection knows.
  EXPECT_EQ(redis.tls->server_name, "");
  EXPECT_EQ(redis.sentinel->tls->server_name, "");
  EXPECT_EQ(ConfigFolder().Load(loaded.effective).effective, loaded.effective);
}

TEST(LoaderTest, LoadsARedisStore) {
  const ConfigFolder folder;
  folder.Write("pw", "store-password\n");
  Pieces pieces;
  pieces.store = "store: {redis: {address: \"redis.internal:6379\", username: oauth1d, password: {file: pw}}}\n";
  const Loaded loaded = folder.Load(pieces.Text());
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  ASSERT_TRUE(loaded.snapshot->store.redis.has_value());
  EXPECT_EQ(loaded.snapshot->store.redis->address, "redis.internal:6379");
  EXPECT_EQ(loaded.snapshot->store.redis->username, "oauth1d");
  EXPECT_EQ(loaded.snapshot->store.redis->password.Reveal(), "store-password");
}

TEST(LoaderTest, AProviderWithoutLoginsNeedsNoEndpoints) {
  const ConfigFolder folder;
  Pieces pieces;
  pieces.record = "  api_base_urls: [\"https://api.example.com/\"]\n";
  pieces.owners = "owners: [{name: default, providers: [{name: twitter, application: true}]}]\n";
  const Loaded loaded = folder.Load(pieces.Text());
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  EXPECT_FALSE(loaded.snapshot->providers[0]->three_legged());
  EXPECT_TRUE(loaded.snapshot->owners[0]->grants[0].application);
}

TEST(LoaderTest, TellsEveryMistakeAtOnceInTheOrderOfTheFile) {
  const ConfigFolder folder;
  const Loaded loaded = folder.Load(R"(listen:
  adress: 127.0.0.1:1
  drain_delay: 5
store: {memory: {}, redis: {address: a:1}}
keyring: {env: NOT_THERE}
owners:
- name: default
  providers:
  - name: twiter
    callback_urls: ["http://example.com/cb"]
providers:
- name: twitter
  record: x
  consumers:
  - {name: main, key: k, secret: {env: TWITTER_SECRET}}
  - {name: main, secret: {}}
  placement: heder
)");
  EXPECT_THAT(loaded.snapshot, testing::IsNull());
  EXPECT_THAT(loaded.effective, IsEmpty());
  std::vector<std::string> lines;
  lines.reserve(loaded.mistakes.size());
  for (const Mistake& mistake : loaded.mistakes) lines.push_back(ToString(mistake));
  EXPECT_THAT(
      lines, ElementsAre(
                 "listen.adress: is no known key; did you mean address? (2:3)",
                 "listen.drain_delay: must be a time such as 250ms, 5s, 1m or 1h, a week at most, not \"5\" (3:16)",
                 "store.redis: only one of memory, redis can be set (4:21)",
                 "keyring.env: the environment variable NOT_THERE is not set (5:16)",
                 "owners[0].providers[0].name: there is no provider \"twiter\"; did you mean twitter? (9:11)",
                 testing::AllOf(HasSubstr("owners[0].providers[0].callback_urls[0]: "), HasSubstr("use https"),
                                testing::EndsWith(" (10:21)")),
                 "providers[0].consumers[1].key: is required: the oauth_consumer_key (16:5)",
                 "providers[0].consumers[1].name: the name main is taken by providers[0].consumers[0].name (16:12)",
                 "providers[0].consumers[1].secret: must name where the secret is: {file: path}, {env: NAME} or "
                 "{command: {argv: [...]}} (16:18)",
                 "providers[0].placement: must be header, body or query, not \"heder\"; did you mean header? (17:14)"));
}

TEST(LoaderTest, AFileThatIsNotThereIsAMistake) {
  const ConfigFolder folder;
  const Loaded loaded = folder.LoadFrom(folder.path() + "/none.yaml");
  EXPECT_THAT(loaded.snapshot, testing::IsNull());
  EXPECT_EQ(ToLines(loaded.mistakes),
            folder.path() + "/none.yaml: the file cannot be read: No such file or directory\n");
  EXPECT_THAT(folder.LoadFrom(folder.path()).mistakes, HasMistake(folder.path(), "Is a directory"));
}

TEST(LoaderTest, AMistakeOfTheWholeTextNamesTheFile) {
  const ConfigFolder folder;
  const std::string file = folder.Write("oauth1d.yaml", "listen: [\n", 0644);
  EXPECT_THAT(folder.LoadFrom(file).mistakes, HasMistake(file, "is no valid YAML"));
}

TEST(LoaderTest, RelativePathsStartAtTheFilesFolder) {
  const ConfigFolder folder;
  folder.Write("keyring.yaml", kKeyringText);
  Pieces pieces;
  pieces.keyring = "keyring: {file: keyring.yaml}\n";
  const Loaded loaded = folder.LoadFrom(folder.Write("oauth1d.yaml", pieces.Text(), 0644));
  EXPECT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
}

TEST(LoaderTest, WarnsOfAConfigurationThatServesNobody) {
  const ConfigFolder folder;
  Pieces pieces;
  pieces.owners = "owners: [{name: web, providers: [{name: twitter}]}]\n";
  pieces.more = "  sunset_date: 2023-11-01\n";
  const Loaded loaded = folder.Load(pieces.Text());
  EXPECT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  EXPECT_THAT(loaded.warnings, HasMistake("owners", "no owner is named default"));
  EXPECT_THAT(loaded.warnings, HasMistake("providers[0].sunset_date", "is over"));
}

}  // namespace
}  // namespace oauth1d::config
