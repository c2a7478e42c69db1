// A table of configurations that must not load, each with what is said about it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "tests/config/config_folder.h"

namespace oauth1d::config {
namespace {

struct BadConfiguration {
  const char* title;
  std::string yaml;
  std::string path;
  std::string says;
  int line = 0;
};

// One piece replaced.
std::string With(std::string Pieces::*piece, const std::string& text) {
  Pieces pieces;
  pieces.*piece = text;
  return pieces.Text();
}
std::string Listen(const std::string& fields) { return With(&Pieces::listen, "listen: {" + fields + "}\n"); }
std::string Store(const std::string& fields) { return With(&Pieces::store, "store: {" + fields + "}\n"); }
std::string Grants(const std::string& fields) {
  return With(&Pieces::owners, "owners: [{name: default, providers: [" + fields + "]}]\n");
}
std::string Callback(const std::string& url) { return Grants("{name: twitter, callback_urls: ['" + url + "']}"); }
std::string Consumers(const std::string& list) { return With(&Pieces::consumers, "  consumers: " + list + "\n"); }
std::string Provider(const std::string& line) { return With(&Pieces::more, "  " + line + "\n"); }

std::vector<BadConfiguration> TextMistakes() {
  const std::string good = Pieces().Text();
  std::string deep = "listen: ";
  for (int i = 0; i < 100; ++i) deep += "{a: ";
  return {
      {"empty", "", "config", "is empty", 1},
      {"only_comments", "# nothing\n", "config", "is empty", 1},
      {"text", "oauth1d", "config", "must be a map, not text", 1},
      {"list", "- a\n", "config", "must be a map, not a list", 1},
      {"unclosed_bracket", "listen: {address: [\n", "config", "is no valid YAML", 2},
      {"bad_indent", "listen:\n  address: a:1\n drain_delay: 1s\n", "config", "is no valid YAML", 3},
      {"tab", "listen:\n\taddress: a:1\n", "config", "is no valid YAML", 2},
      {"two_documents", good + "---\n" + good, "config", "more than one document", 8},
      {"nul", good + std::string(1, '\0'), "config", "UTF-8", 1},
      {"latin1", good + "# \xe9\n", "config", "UTF-8", 1},
      {"too_long", good + std::string(1 << 20, '#'), "config", "longer than", 1},
      {"too_deep", deep, "config", "levels deep", 1},
      {"unknown_alias", "listen: *a\n", "config", "is no valid YAML", 1},
      {"anchor", "listen: &a {address: 'a:1'}\n" + good, "listen", "has an anchor", 1},
      {"alias", "listen: {address: &a 'a:1'}\nstore: {redis: {address: *a}}\n" + good, "store.redis.address",
       "is an alias", 2},
      {"tag", "listen: {address: !!str a:1}\n" + good, "listen.address", "has a tag", 1},
      {"merge_key", "listen: {<<: {address: 'a:1'}}\n" + good, "listen.<<", "is a merge key", 1},
      {"complex_key", "? [a, b]\n: c\n" + good, "?", "no plain word", 1},
  };
}

std::vector<BadConfiguration> ShapeMistakes() {
  const std::string good = Pieces().Text();
  return {
      {"unknown_key", good + "ownerz: []\n", "ownerz", "did you mean owners?", 7},
      {"unknown_far_key", good + "metrics: {}\n", "metrics", "known: listen, store, keyring, owners, providers", 7},
      {"dash_for_underscore", Provider("sunset-date: 2030-01-01"), "providers[0].sunset-date",
       "did you mean sunset_date?", 7},
      {"duplicate_key", good + "keyring: {env: A}\n", "keyring", "a second time", 7},
      {"key_without_value", good + "listen:\n", "listen", "has no value", 7},
      {"null", Provider("title: ~"), "providers[0].title", "has no value", 7},
      {"text_for_map", good + "listen: here\n", "listen", "must be a map, not text", 7},
      {"list_for_map", good + "store: [memory]\n", "store", "must be a map with memory or redis, not a list", 7},
      {"map_for_text", Provider("title: {a: b}"), "providers[0].title", "must be a single value, not a map", 7},
      {"map_for_list", Provider("api_base_urls: {a: b}"), "providers[0].api_base_urls", "must be a list, not a map", 7},
      {"text_for_list", Provider("api_base_urls: https://a/"), "providers[0].api_base_urls", "must be a list, not text",
       7},
      {"list_in_list", Provider("authorize_parameters: [[a]]"), "providers[0].authorize_parameters[0]",
       "must be a single value, not a list", 7},
      {"null_in_list", Provider("authorize_parameters: [~]"), "providers[0].authorize_parameters[0]",
       "must be a single value, not nothing", 7},
      {"text_in_list_of_maps", Grants("twitter"), "owners[0].providers[0]", "must be a map with name", 2},
      {"bool_yes", Provider("reveal_provider_token: yes"), "providers[0].reveal_provider_token",
       "must be true or false, not \"yes\"", 7},
      {"bool_in_quotes", Listen("reflection: 'true'"), "listen.reflection", "text in quotes", 1},
      {"line_break", Provider("realm: \"a\\nb\""), "providers[0].realm", "line break", 7},
      {"oneof", Store("memory: {}, redis: {address: 'a:1'}"), "store.redis", "only one of memory, redis", 1},
  };
}

std::vector<BadConfiguration> ListenMistakes() {
  return {
      {"duration_without_unit", Listen("drain_delay: 5"), "listen.drain_delay", "5s, 1m or 1h", 1},
      {"duration_negative", Listen("drain_delay: -5s"), "listen.drain_delay", "not \"-5s\"", 1},
      {"duration_unit", Listen("drain_delay: 5d"), "listen.drain_delay", "not \"5d\"", 1},
      {"duration_huge", Listen("drain_delay: 99999999999999999999s"), "listen.drain_delay", "a week at most", 1},
      {"drain_delay_long", Listen("drain_delay: 2m"), "listen.drain_delay", "from 0s to 60s", 1},
      {"no_port", Listen("address: 127.0.0.1"), "listen.address", "there is no port", 1},
      {"port_range", Listen("address: '127.0.0.1:70000'"), "listen.address", "from 0 to 65535", 1},
      {"v6_without_brackets", Listen("address: '::1:50051'"), "listen.address", "brackets", 1},
      {"unix_relative", Listen("address: 'unix:a.sock'"), "listen.address", "must begin with /", 1},
      {"tls_empty", Listen("tls: {}"), "listen.tls.cert_file", "is required", 1},
      {"tls_no_key", Listen("tls: {cert_file: none.pem}"), "listen.tls.key_file", "is required", 1},
      {"tls_not_there", Listen("tls: {cert_file: none.pem, key_file: none.key}"), "listen.tls.cert_file",
       "No such file", 1},
      {"redis_no_address", Store("redis: {}"), "store.redis.address", "is required", 1},
      {"redis_port_0", Store("redis: {address: 'a:0'}"), "store.redis.address", "from 1 to 65535", 1},
      {"redis_username", Store("redis: {address: 'a:1', username: u}"), "store.redis.username", "needs a password", 1},
      {"redis_password_text", Store("redis: {address: 'a:1', password: hunter2}"), "store.redis.password",
       "must be a map with file or env, not text", 1},
      {"redis_password_not_there", Store("redis: {address: 'a:1', password: {file: none}}"),
       "store.redis.password.file", "No such file", 1},
      {"no_keyring", With(&Pieces::keyring, ""), "keyring", "is required", 1},
      {"keyring_empty", With(&Pieces::keyring, "keyring: {}\n"), "keyring", "is required", 1},
      {"keyring_not_there", With(&Pieces::keyring, "keyring: {file: none}\n"), "keyring.file", "No such file", 1},
      {"keyring_no_variable", With(&Pieces::keyring, "keyring: {env: NONE}\n"), "keyring.env", "NONE is not set", 1},
      {"keyring_is_a_folder", With(&Pieces::keyring, "keyring: {file: .}\n"), "keyring.file", "directory", 1},
      {"keyring_is_a_device", With(&Pieces::keyring, "keyring: {file: /dev/null}\n"), "keyring.file", "", 1},
  };
}

std::vector<BadConfiguration> OwnerMistakes() {
  return {
      {"no_owners", With(&Pieces::owners, ""), "owners", "at least one owner", 1},
      {"owners_empty", With(&Pieces::owners, "owners: []\n"), "owners", "at least one owner", 2},
      {"owner_no_name", With(&Pieces::owners, "owners: [{}]\n"), "owners[0].name", "is required", 2},
      {"owner_bad_name", With(&Pieces::owners, "owners: [{name: a b}]\n"), "owners[0].name", "not \"a b\"", 2},
      {"owner_twice", With(&Pieces::owners, "owners: [{name: a}, {name: a}]\n"), "owners[1].name",
       "taken by owners[0].name", 2},
      {"grant_no_name", Grants("{}"), "owners[0].providers[0].name", "is required", 2},
      {"grant_unknown", Grants("{name: twiter}"), "owners[0].providers[0].name", "did you mean twitter?", 2},
      {"grant_twice", Grants("{name: twitter}, {name: twitter}"), "owners[0].providers[1].name", "a second time", 2},
      {"callback_plain", Callback("http://a.example/cb"), "owners[0].providers[0].callback_urls[0]", "use https", 2},
      {"callback_fragment", Callback("https://a.example/#a"), "owners[0].providers[0].callback_urls[0]", "fragment", 2},
      {"callback_state", Callback("https://a.example/?a=b&state=1"), "owners[0].providers[0].callback_urls[0]",
       "query parameter state", 2},
      {"callback_oauth", Callback("https://a.example/?oauth_token=1"), "owners[0].providers[0].callback_urls[0]",
       "begins with oauth_", 2},
      {"callback_relative", Callback("/auth/twitter"), "owners[0].providers[0].callback_urls[0]", "does not begin", 2},
      {"callback_userinfo", Callback("https://ok@evil.example/"), "owners[0].providers[0].callback_urls[0]",
       "user information", 2},
      {"callback_scheme", Callback("myapp://cb"), "owners[0].providers[0].callback_urls[0]", "https://", 2},
      {"callback_twice", Grants("{name: twitter, callback_urls: [oob, oob]}"),
       "owners[0].providers[0].callback_urls[1]", "a second time", 2},
      {"callback_without_login",
       "keyring: {env: OAUTH1D_KEYRING}\nowners: [{name: default, providers: [{name: a, callback_urls: [oob]}]}]\n"
       "providers: [{name: a, api_base_urls: ['https://a.example/'], consumers: [{name: m, key: k, secret: {env: "
       "TWITTER_SECRET}}]}]\n",
       "owners[0].providers[0].callback_urls", "has no login endpoints", 2},
  };
}

std::vector<BadConfiguration> ProviderMistakes() {
  const std::string secret = "secret: {env: TWITTER_SECRET}";
  return {
      {"no_providers", "keyring: {env: OAUTH1D_KEYRING}\nowners: [{name: default}]\n", "providers",
       "at least one provider", 1},
      {"no_name", With(&Pieces::name, "- title: A\n"), "providers[0].name", "is required", 4},
      {"long_name", With(&Pieces::name, "- name: " + std::string(65, 'a') + "\n"), "providers[0].name", "1 to 64", 4},
      {"unknown_record", With(&Pieces::record, "  record: twitter\n"), "providers[0].record",
       "no built-in record \"twitter\"", 5},
      {"no_consumers", Consumers("[]"), "providers[0].consumers", "at least one consumer", 6},
      {"consumer_no_key", Consumers("[{name: a, " + secret + "}]"), "providers[0].consumers[0].key", "is required", 6},
      {"consumer_no_secret", Consumers("[{name: a, key: k}]"), "providers[0].consumers[0].secret", "{env: NAME}", 6},
      {"consumer_inline_secret", Consumers("[{name: a, key: k, secret: s3cret}]"), "providers[0].consumers[0].secret",
       "a map with file or env", 6},
      {"consumer_two_secrets", Consumers("[{name: a, key: k, secret: {file: a, env: B}}]"),
       "providers[0].consumers[0].secret.env", "only one of file, env", 6},
      {"consumer_no_variable", Consumers("[{name: a, key: k, secret: {env: NONE}}]"),
       "providers[0].consumers[0].secret.env", "NONE is not set", 6},
      {"consumer_bad_name", Consumers("[{name: a/b, key: k, " + secret + "}]"), "providers[0].consumers[0].name",
       "1 to 64", 6},
      {"url_scheme", Provider("authorize_url: ftp://a"), "providers[0].authorize_url", "does not begin", 7},
      {"url_plain", Provider("authorize_url: http://a/"), "providers[0].authorize_url", "allow_plain_http", 7},
      {"url_no_host", Provider("authorize_url: https:///a"), "providers[0].authorize_url", "has no host", 7},
      {"url_userinfo", Provider("access_token_url: https://u:p@a/"), "providers[0].access_token_url",
       "user information", 7},
      {"url_port", Provider("access_token_url: https://a:99999/"), "providers[0].access_token_url", "port", 7},
      {"endpoint_missing", Provider("authorize_url: ''"), "providers[0].authorize_url", "set together, or none", 7},
      {"api_base_none", Provider("api_base_urls: []"), "providers[0].api_base_urls", "at least one URL", 7},
      {"api_base_slash", Provider("api_base_urls: ['https://a/1.1']"), "providers[0].api_base_urls[0]", "end in /", 7},
      {"api_base_query", Provider("api_base_urls: ['https://a/?b=c']"), "providers[0].api_base_urls[0]", "a query", 7},
      {"api_base_plain", Provider("api_base_urls: ['https://a/', 'http://a/']"), "providers[0].api_base_urls[1]",
       "is plain http", 7},
      {"signature_method", Provider("signature_method: HMAC_SHA1"), "providers[0].signature_method", "HMAC-SHA1", 7},
      {"placement", Provider("placement: cookie"), "providers[0].placement", "there is", 7},
      {"callback_confirmed", Provider("callback_confirmed: requires"), "providers[0].callback_confirmed",
       "did you mean require?", 7},
      {"token_method", Provider("token_method: PUT"), "providers[0].token_method", "POST or GET", 7},
      {"sunset_not_a_day", Provider("sunset_date: 2027-02-30"), "providers[0].sunset_date", "YYYY-MM-DD", 7},
      {"sunset_short", Provider("sunset_date: 2027-2-3"), "providers[0].sunset_date", "YYYY-MM-DD", 7},
      {"parameter_empty", Provider("authorize_parameters: ['']"), "providers[0].authorize_parameters[0]", "empty", 7},
      {"parameter_oauth", Provider("request_token_parameters: [oauth_callback]"),
       "providers[0].request_token_parameters[0]", "begins with oauth_", 7},
      {"parameter_twice", Provider("authorize_parameters: [a, a]"), "providers[0].authorize_parameters[1]",
       "a second time", 7},
      {"cidr_text", Provider("egress: {allow_cidrs: [localhost]}"), "providers[0].egress.allow_cidrs[0]",
       "\"localhost\"", 7},
      {"cidr_prefix", Provider("egress: {allow_cidrs: [10.0.0.0/33]}"), "providers[0].egress.allow_cidrs[0]", "", 7},
      {"cidr_host_bits", Provider("egress: {allow_cidrs: [10.0.0.1/8]}"), "providers[0].egress.allow_cidrs[0]", "", 7},
      {"ca_not_there", Provider("egress: {ca_file: none.pem}"), "providers[0].egress.ca_file", "No such file", 7},
  };
}

std::vector<BadConfiguration> All() {
  std::vector<BadConfiguration> all;
  for (const auto& part : {TextMistakes(), ShapeMistakes(), ListenMistakes(), OwnerMistakes(), ProviderMistakes()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

void PrintTo(const BadConfiguration& bad, std::ostream* out) { *out << bad.title; }

class BadConfigurationTest : public testing::TestWithParam<BadConfiguration> {};

TEST_P(BadConfigurationTest, IsRefusedWithItsPathAndPlace) {
  const ConfigFolder folder;
  const Loaded loaded = folder.Load(GetParam().yaml);
  EXPECT_EQ(loaded.snapshot, nullptr);
  EXPECT_THAT(loaded.effective, testing::IsEmpty());
  ASSERT_THAT(loaded.mistakes, HasMistake(GetParam().path, GetParam().says));
  for (const Mistake& mistake : loaded.mistakes) {
    EXPECT_GT(mistake.line, 0) << ToString(mistake);
    EXPECT_GT(mistake.column, 0) << ToString(mistake);
    EXPECT_EQ(ToString(mistake).find('\n'), std::string::npos);
    if (mistake.path == GetParam().path) {
      EXPECT_EQ(mistake.line, GetParam().line) << ToString(mistake);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, BadConfigurationTest, testing::ValuesIn(All()),
                         [](const auto& info) { return std::string(info.param.title); });

TEST(BadConfigurationsTest, ThereAreManyAndTheUnchangedOneLoads) {
  EXPECT_GE(All().size(), 60U);
  const ConfigFolder folder;
  const Loaded loaded = folder.Load(Pieces().Text());
  EXPECT_NE(loaded.snapshot, nullptr) << ToLines(loaded.mistakes);
}

}  // namespace
}  // namespace oauth1d::config
