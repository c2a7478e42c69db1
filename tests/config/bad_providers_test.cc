// A table of providers that must not load, each with what is said about it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/config/bad_configuration.h"

namespace oauth1d::config {
namespace {

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
      {"consumer_no_secret", Consumers("[{name: a, key: k}]"), "providers[0].consumers[0].secret",
       "request_token signs with HMAC-SHA1; {file: path} or {env: NAME}", 6},
      {"consumer_inline_secret", Consumers("[{name: a, key: k, secret: s3cret}]"), "providers[0].consumers[0].secret",
       "a map with file, env or command", 6},
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
      {"signature_method", Provider("signature_method: HMAC_SHA1"), "providers[0].signature_method",
       "did you mean HMAC-SHA1?", 7},
      {"placement", Provider("placement: cookie"), "providers[0].placement", "header, body or query", 7},
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

// A shop in the host's name: line 6, and what follows in line 7.
std::string Shop(const std::string& more) {
  return Bare("api_base_urls: ['https://{shop}.shops.example/']\n  " + more);
}
std::string Parameter(const std::string& fields) { return Shop("parameters: [{" + fields + "}]"); }
// The shop, and consumers in line 8.
std::string ShopConsumer(const std::string& fields) {
  Pieces pieces;
  pieces.record.clear();
  pieces.consumers =
      "  api_base_urls: ['https://{shop}.shops.example/']\n  parameters: [{name: shop, pattern: '[a-z]+'}]\n"
      "  consumers: [{name: main, key: k, secret: {env: TWITTER_SECRET}, " +
      fields + "}]\n";
  return pieces.Text();
}

std::vector<BadConfiguration> TemplateMistakes() {
  const std::string at = "providers[0].parameters[0]";
  return {
      {"template_no_name", Parameter("pattern: a"), at + ".name", "is required", 7},
      {"template_bad_name", Parameter("name: Shop, pattern: a"), at + ".name", "[a-z0-9_], not \"Shop\"", 7},
      {"template_reserved", Parameter("name: request_url, pattern: a"), at + ".name", "is taken", 7},
      {"template_twice", Shop("parameters: [{name: shop, pattern: a}, {name: shop, pattern: b}]"),
       "providers[0].parameters[1].name", "a second time", 7},
      {"template_no_pattern", Parameter("name: shop"), at + ".pattern", "is required", 7},
      {"template_broken_pattern", Parameter("name: shop, pattern: '[a-z'"), at + ".pattern", "no regular expression",
       7},
      {"template_lookahead", Parameter("name: shop, pattern: '(?!a)b'"), at + ".pattern", "no regular expression", 7},
      {"template_huge_pattern", Parameter("name: shop, pattern: '((a{900}){900}){900}'"), at + ".pattern",
       "no regular expression", 7},
      {"pattern_dot", Parameter("name: shop, pattern: '[a-z.]+'"), at + ".pattern", "matches \"a.b\"", 7},
      {"pattern_any", Parameter("name: shop, pattern: 'a.b'"), at + ".pattern", "matches \"a.b\"", 7},
      {"pattern_slash", Parameter("name: shop, pattern: '[a-z/]+'"), at + ".pattern", "matches \"a/b\"", 7},
      {"pattern_at", Parameter("name: shop, pattern: '[a-z@]+'"), at + ".pattern", "matches \"a@b\"", 7},
      {"pattern_colon", Parameter("name: shop, pattern: '[a-z:]+'"), at + ".pattern", "matches \"a:b\"", 7},
      {"pattern_question", Parameter("name: shop, pattern: '[a-z?]+'"), at + ".pattern", "matches \"a?b\"", 7},
      {"pattern_hash", Parameter("name: shop, pattern: '[a-z#]+'"), at + ".pattern", "matches \"a#b\"", 7},
      {"pattern_percent", Parameter("name: shop, pattern: '[a-z%]+'"), at + ".pattern", "matches \"a%b\"", 7},
      {"pattern_empty", Parameter("name: shop, pattern: '[a-z]*'"), at + ".pattern", "matches \"\"", 7},
      {"template_unused", Shop("parameters: [{name: shop, pattern: a}, {name: lang, pattern: a}]"),
       "providers[0].parameters[1].name", "no URL, realm or header has {lang}", 7},
      {"template_undeclared", Bare("api_base_urls: ['https://{shop}.shops.example/']"), "providers[0].api_base_urls[0]",
       "has {shop}, which is not among the parameters", 6},
      {"template_misspelled",
       Bare("api_base_urls: ['https://{shopp}.a.example/']\n  parameters: [{name: shop, "
            "pattern: a}]"),
       "providers[0].api_base_urls[0]", "did you mean shop?", 6},
      {"template_form", Provider("realm: '{a:upper}'"), "providers[0].realm", "{name:realm}", 7},
      {"template_brace", Provider("realm: '{'"), "providers[0].realm", "a brace", 7},
      {"request_url_in_a_url", Provider("authorize_url: 'https://a.example/{request_url}'"),
       "providers[0].authorize_url", "only a realm", 7},
      {"request_url_in_a_header", Provider("headers: [{name: X-A, value: '{request_url}'}]"),
       "providers[0].headers[0].value", "only a realm", 7},
      {"template_as_scheme",
       Bare("api_base_urls: ['{base}/v1/']\n  parameters: [{name: base, pattern: '.*', "
            "operator_only: true}]"),
       "providers[0].api_base_urls[0]", "does not begin", 6},
      {"callers_host", Bare("api_base_urls: ['https://{shop}/']\n  parameters: [{name: shop, pattern: '[a-z]+'}]"),
       "providers[0].api_base_urls[0]", "lets callers choose by {shop} where requests go", 6},
      {"callers_domain",
       Bare("api_base_urls: ['https://{shop}.example/']\n  parameters: [{name: shop, pattern: '[a-z]+'}]"),
       "providers[0].api_base_urls[0]", "two labels", 6},
      {"callers_domain_glued",
       Bare("api_base_urls: ['https://{shop}shop.example/']\n  parameters: [{name: shop, pattern: '[a-z]+'}]"),
       "providers[0].api_base_urls[0]", "two labels", 6},
      {"callers_port",
       Bare("api_base_urls: ['https://a.b.example:{shop}/']\n  parameters: [{name: shop, pattern: '[0-9]+'}]"),
       "providers[0].api_base_urls[0]", "where requests go", 6},
      {"fixed_unknown", ShopConsumer("parameters: [{name: shopp, value: a}]"),
       "providers[0].consumers[0].parameters[0].name", "did you mean shop?", 7},
      {"fixed_no_match", ShopConsumer("parameters: [{name: shop, value: a.b}]"),
       "providers[0].consumers[0].parameters[0].value", "\"a.b\" must match [a-z]+", 7},
      {"fixed_twice", ShopConsumer("parameters: [{name: shop, value: a}, {name: shop, value: b}]"),
       "providers[0].consumers[0].parameters[1].name", "a second time", 7},
      {"fixed_nothing", Consumers("[{name: a, key: k, secret: {env: TWITTER_SECRET}, parameters: [{name: b}]}]"),
       "providers[0].consumers[0].parameters[0].name", "none of the provider's parameters", 6},
      {"operator_only_open",
       Bare("api_base_urls: ['https://{host}/']\n  parameters: [{name: host, pattern: '.*', operator_only: true, "
            "description: where the shop is}]"),
       "providers[0].consumers[0].parameters",
       "must hold {name: host, value: ...}, which callers may not give: where the shop is", 5},
      {"filled_no_url",
       "keyring: {env: OAUTH1D_KEYRING}\nowners: [{name: default}]\nproviders:\n- name: a\n"
       "  api_base_urls: ['https://{host}/']\n  parameters: [{name: host, pattern: '.*', operator_only: true}]\n"
       "  consumers: [{name: m, key: k, secret: {env: TWITTER_SECRET}, parameters: [{name: host, value: a..b}]}]\n",
       "providers[0].consumers[0].parameters", "api_base_urls[0] becomes", 7},
  };
}

std::vector<BadConfiguration> PhaseMistakes() {
  return {
      {"phase_method", Provider("request_token: {method: PUT}"), "providers[0].request_token.method", "POST or GET", 7},
      {"phase_signature", Provider("access_token: {signature_method: HMAC-SHA2}"),
       "providers[0].access_token.signature_method", "did you mean HMAC-SHA1?", 7},
      {"phase_placement", Provider("api: {placement: headers}"), "providers[0].api.placement", "did you mean header?",
       7},
      {"phase_parameter_name", Provider("request_token: {parameters: [{value: a}]}"),
       "providers[0].request_token.parameters[0].name", "is required", 7},
      {"phase_parameter_oauth", Provider("access_token: {parameters: [{name: oauth_nonce, value: a}]}"),
       "providers[0].access_token.parameters[0].name", "begins with oauth_", 7},
      {"phase_parameters_in", Provider("request_token: {parameters_in: headers}"),
       "providers[0].request_token.parameters_in", "did you mean header?", 7},
      {"phase_realm_in_the_header",
       Provider("request_token: {parameters_in: header, parameters: [{name: Realm, value: x}]}"),
       "providers[0].request_token.parameters_in", "the header has a realm of its own", 7},
      {"phase_body_of_a_get", Provider("request_token: {method: GET, parameters_in: body}"),
       "providers[0].request_token.parameters_in", "a GET has no body", 7},
      {"api_method", Provider("api: {method: GET}"), "providers[0].api.method", "no place here", 7},
      {"api_parameters", Provider("api: {parameters: [{name: a}]}"), "providers[0].api.parameters", "no place here", 7},
      {"api_parameters_in", Provider("api: {parameters_in: query}"), "providers[0].api.parameters_in", "no place here",
       7},
      {"rsa_without_key", Provider("signature_method: RSA-SHA1"), "providers[0].consumers[0].rsa_private_key",
       "request_token signs with RSA-SHA1", 6},
      {"rsa_in_one_phase", Provider("api: {signature_method: RSA-SHA256}"), "providers[0].consumers[0].rsa_private_key",
       "api signs with RSA-SHA256", 6},
      {"plaintext_without_secret",
       With(&Pieces::consumers, "  signature_method: PLAINTEXT\n  consumers: [{name: a, key: k}]\n"),
       "providers[0].consumers[0].secret", "request_token signs with PLAINTEXT", 7},
      {"plaintext_in_the_clear", Provider("signature_method: PLAINTEXT\n  api_base_urls: ['http://a.example/']"),
       "providers[0].api_base_urls[0]", "is plain http", 8},
      {"key_not_there", Consumers("[{name: a, key: k, secret: {env: TWITTER_SECRET}, rsa_private_key: {file: none}}]"),
       "providers[0].consumers[0].rsa_private_key.file", "No such file", 6},
      {"key_is_no_key",
       Consumers("[{name: a, key: k, secret: {env: TWITTER_SECRET}, rsa_private_key: {env: TWITTER_SECRET}}]"),
       "providers[0].consumers[0].rsa_private_key.env", "", 6},
      {"key_nowhere", Consumers("[{name: a, key: k, secret: {env: TWITTER_SECRET}, rsa_private_key: {}}]"),
       "providers[0].consumers[0].rsa_private_key", "{env: NAME}", 6},
      {"key_inline", Consumers("[{name: a, key: k, secret: {env: TWITTER_SECRET}, rsa_private_key: MIIE}]"),
       "providers[0].consumers[0].rsa_private_key", "must be a map with file, env or command", 6},
      {"passphrase_without_key",
       Consumers(
           "[{name: a, key: k, secret: {env: TWITTER_SECRET}, rsa_private_key_passphrase: {env: TWITTER_SECRET}}]"),
       "providers[0].consumers[0].rsa_private_key_passphrase", "without rsa_private_key", 6},
  };
}

std::vector<BadConfiguration> All() {
  std::vector<BadConfiguration> all;
  for (const auto& part : {ProviderMistakes(), TemplateMistakes(), PhaseMistakes()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

class BadProviderTest : public testing::TestWithParam<BadConfiguration> {};

TEST_P(BadProviderTest, IsRefusedWithItsPathAndPlace) { ExpectRefused(GetParam()); }

INSTANTIATE_TEST_SUITE_P(All, BadProviderTest, testing::ValuesIn(All()),
                         [](const auto& info) { return std::string(info.param.title); });

TEST(BadProvidersTest, ThereAreMany) { EXPECT_GE(All().size(), 85U); }

}  // namespace
}  // namespace oauth1d::config
