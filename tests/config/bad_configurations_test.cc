// A table of configurations that must not load, each with what is said about it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/config/bad_configuration.h"
#include "tests/config/config_folder.h"

namespace oauth1d::config {
namespace {

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
      {"unknown_far_key", good + "monitoring: {}\n", "monitoring",
       "known: listen, store, keyring, owners, providers, limits, audit, access_tokens, metrics", 7},
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
      {"text_in_list_of_maps", Grants("twitter"), "owners[0].providers[0]", "must be a map, not text", 2},
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
      {"redis_address_and_sentinel", Store("redis: {address: 'a:1', sentinel: {addresses: ['a:1'], primary: p}}"),
       "store.redis.address", "cannot stand beside sentinel", 1},
      {"sentinel_empty", Store("redis: {sentinel: {primary: p}}"), "store.redis.sentinel.addresses", "is required", 1},
      {"sentinel_no_primary", Store("redis: {sentinel: {addresses: ['a:1']}}"), "store.redis.sentinel.primary",
       "is required", 1},
      {"sentinel_socket", Store("redis: {sentinel: {addresses: ['unix:/s'], primary: p}}"),
       "store.redis.sentinel.addresses[0]", "must be host:port", 1},
      {"sentinel_no_port", Store("redis: {sentinel: {addresses: ['a:1', b], primary: p}}"),
       "store.redis.sentinel.addresses[1]", "there is no port", 1},
      {"sentinel_twice", Store("redis: {sentinel: {addresses: ['a:1', 'A:1'], primary: p}}"),
       "store.redis.sentinel.addresses[1]", "a second time", 1},
      {"sentinel_username", Store("redis: {sentinel: {addresses: ['a:1'], primary: p, username: u}}"),
       "store.redis.sentinel.username", "needs a password", 1},
      {"sentinel_password_not_there",
       Store("redis: {sentinel: {addresses: ['a:1'], primary: p, password: {file: no}}}"),
       "store.redis.sentinel.password.file", "No such file", 1},
      {"sentinel_tls_no_ca", Store("redis: {sentinel: {addresses: ['a:1'], primary: p, tls: {ca_file: none.pem}}}"),
       "store.redis.sentinel.tls.ca_file", "No such file", 1},
      {"sentinel_misspelt", Store("redis: {sentinel: {address: 'a:1'}}"), "store.redis.sentinel.address",
       "did you mean addresses?", 1},
      {"redis_port_0", Store("redis: {address: 'a:0'}"), "store.redis.address", "from 1 to 65535", 1},
      {"redis_username", Store("redis: {address: 'a:1', username: u}"), "store.redis.username", "needs a password", 1},
      {"redis_password_text", Store("redis: {address: 'a:1', password: hunter2}"), "store.redis.password",
       "must be a map with file, env or command, not text", 1},
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

std::vector<BadConfiguration> All() {
  std::vector<BadConfiguration> all;
  for (const auto& part : {TextMistakes(), ShapeMistakes(), ListenMistakes(), OwnerMistakes()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

class BadConfigurationTest : public testing::TestWithParam<BadConfiguration> {};

TEST_P(BadConfigurationTest, IsRefusedWithItsPathAndPlace) { ExpectRefused(GetParam()); }

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
