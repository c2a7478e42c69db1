// A table of logins, headers, renewals and capabilities that must not load, each with what is said about it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/config/bad_configuration.h"

namespace oauth1d::config {
namespace {

const char kLogin[] =
    "request_token_url: https://a.example/r\n  authorize_url: https://a.example/a\n"
    "  access_token_url: https://a.example/t\n  api_base_urls: ['https://a.example/']\n  ";

std::vector<BadConfiguration> LoginMistakes() {
  return {
      {"callback_mode", Provider("callback_mode: quary"), "providers[0].callback_mode", "did you mean query?", 7},
      {"callback_on_authorize_url", Provider("callback_mode: authorize_url"), "providers[0].callback_mode",
       "needs authorize.callback_parameter", 7},
      {"verifier", Provider("verifier: optional"), "providers[0].verifier", "must be required or none", 7},
      {"authorize_name_twice", Provider("authorize: {token_parameter: key, consumer_key_parameter: key}"),
       "providers[0].authorize.consumer_key_parameter", "\"key\" is taken by authorize.token_parameter", 7},
      {"authorize_parameter_is_token", Provider("authorize: {token_parameter: t, parameters: [{name: t, value: a}]}"),
       "providers[0].authorize.parameters[0].name", "is taken by authorize.token_parameter", 7},
      {"authorize_parameter_oauth", Provider("authorize: {parameters: [{name: oauth_token, value: a}]}"),
       "providers[0].authorize.parameters[0].name", "begins with oauth_", 7},
      {"caller_could_set_token", Provider("authorize: {token_parameter: screen_name}"),
       "providers[0].authorize_parameters[1]", "is sent each time already: authorize.token_parameter", 4},
      {"caller_could_repeat", Provider("request_token: {parameters: [{name: x_auth_access_type, value: read}]}"),
       "providers[0].request_token_parameters[0]", "is sent each time already: request_token.parameters", 4},
      {"response_format", Provider("token_response: {format: yaml}"), "providers[0].token_response.format",
       "must be form, json or xml", 7},
      {"response_fields", Provider("token_response: {token_field: a, secret_field: a}"),
       "providers[0].token_response.secret_field", "is the same as token_field", 7},
      {"header_no_name", Provider("headers: [{value: a}]"), "providers[0].headers[0].name", "is required", 7},
      {"header_no_token", Provider("headers: [{name: 'a b', value: a}]"), "providers[0].headers[0].name",
       "no header name", 7},
      {"header_host", Provider("headers: [{name: hOST, value: a}]"), "providers[0].headers[0].name", "the service's",
       7},
      {"header_authorization", Provider("headers: [{name: Authorization, value: a}]"), "providers[0].headers[0].name",
       "the service's", 7},
      {"header_content_type", Provider("headers: [{name: Content-Type, value: a}]"), "providers[0].headers[0].name",
       "the service's", 7},
      {"header_proxy", Provider("headers: [{name: Proxy-Authorization, value: a}]"), "providers[0].headers[0].name",
       "the service's", 7},
      {"header_twice", Provider("headers: [{name: A, value: a}, {name: a, value: b}]"), "providers[0].headers[1].name",
       "a second time", 7},
      {"header_line_break", Provider("headers: [{name: A, value: \"a\\r\\nB: c\"}]"), "providers[0].headers[0].value",
       "a line break", 7},
      {"body_hash", Provider("body_hash: sha512"), "providers[0].body_hash", "must be none, sha1 or sha256", 7},
      {"timestamps", Provider("timestamps: monotone"), "providers[0].timestamps", "clock or monotonic", 7},
      {"timestamp_refused_empty", Provider("timestamp_refused: ['']"), "providers[0].timestamp_refused[0]", "is empty",
       7},
      {"send_version", Provider("send_version: '1.0'"), "providers[0].send_version", "must be true or false", 7},
      {"signing_base_query", Provider("signing_base_url: 'https://a.example/?a'"), "providers[0].signing_base_url",
       "a query", 7},
      {"signing_base_slash", Provider("signing_base_url: 'https://a.example/1.1'"), "providers[0].signing_base_url",
       "end in /", 7},
      {"signing_base_of_nothing",
       Bare("capabilities: [token_exchange_only]\n  access_token_url: https://a.example/t\n"
            "  signing_base_url: https://a.example/"),
       "providers[0].signing_base_url", "there is none", 8},
  };
}

std::vector<BadConfiguration> TokenLifeMistakes() {
  const std::string login = kLogin;
  return {
      {"renewal_how", Provider("renewal: {url: 'https://a.example/'}"), "providers[0].renewal.by",
       "is required: session_handle or url", 7},
      {"renewal_by", Provider("renewal: {by: session}"), "providers[0].renewal.by", "must be session_handle or url", 7},
      {"renewal_no_url", Provider("renewal: {by: url}"), "providers[0].renewal.url", "is required", 7},
      {"renewal_plain_url", Provider("renewal: {by: url, url: 'http://a.example/'}"), "providers[0].renewal.url",
       "is plain http", 7},
      {"renewal_useless_url", Provider("renewal: {by: session_handle, url: 'https://a.example/'}"),
       "providers[0].renewal.url", "is of no use", 7},
      {"renewal_no_access_token_url", Bare("api_base_urls: ['https://a.example/']\n  renewal: {by: session_handle}"),
       "providers[0].renewal.by", "needs access_token_url", 7},
      {"renewal_method", Provider("renewal: {by: url, url: 'https://a.example/', method: PUT}"),
       "providers[0].renewal.method", "GET or POST", 7},
      {"renewal_lifetime", Provider("renewal: {by: session_handle, lifetime: 2}"), "providers[0].renewal.lifetime",
       "must be a time", 7},
      {"renewal_problem", Provider("renewal: {by: session_handle, problems: ['']}"), "providers[0].renewal.problems[0]",
       "is empty", 7},
      {"revocation_nowhere", Bare(login + "revocation: {method: GET}"), "providers[0].revocation.url", "is required",
       10},
      {"revocation_method", Provider("revocation: {url: 'https://a.example/', method: PATCH}"),
       "providers[0].revocation.method", "GET, POST or DELETE", 7},
      {"capability", Bare(login + "capabilities: [three_leged]"), "providers[0].capabilities[0]",
       "did you mean three_legged?", 10},
      {"capability_twice", Bare(login + "capabilities: [two_legged, two_legged]"), "providers[0].capabilities[1]",
       "a second time", 10},
      {"three_legged_without_urls", Bare("api_base_urls: ['https://a.example/']\n  capabilities: [three_legged]"),
       "providers[0].capabilities[0]", "three_legged needs request_token_url", 7},
      {"out_of_band_without_urls", Bare("api_base_urls: ['https://a.example/']\n  capabilities: [out_of_band]"),
       "providers[0].capabilities[0]", "out_of_band needs request_token_url", 7},
      {"xauth_without_url", Bare("api_base_urls: ['https://a.example/']\n  capabilities: [xauth]"),
       "providers[0].capabilities[0]", "xauth needs access_token_url", 7},
      {"two_legged_without_base",
       Bare("access_token_url: https://a.example/t\n  capabilities: [two_legged, token_exchange_only]"),
       "providers[0].capabilities[0]", "two_legged needs api_base_urls", 7},
      {"exchange_of_nothing", Bare("capabilities: [token_exchange_only]"), "providers[0].capabilities[0]",
       "needs access_token_url or api_base_urls", 6},
      {"import_only_with_login", Bare(login + "capabilities: [import_only, three_legged]"),
       "providers[0].capabilities[1]", "contradicts import_only", 10},
      {"import_only_with_exchange",
       Bare("api_base_urls: ['https://a.example/']\n  capabilities: [token_exchange_only, import_only]"),
       "providers[0].capabilities[0]", "contradicts import_only", 7},
      {"access_token_url_alone", Bare("access_token_url: https://a.example/t\n  api_base_urls: ['https://a.example/']"),
       "providers[0].request_token_url", "may stand alone with the capability xauth", 4},
      {"password_in_a_url",
       Bare("access_token_url: https://a.example/t\n  access_token: {parameters_in: query}\n  capabilities: [xauth]"),
       "providers[0].capabilities[0]", "has no place in a URL", 8},
      {"password_login_without_xauth", Grants("{name: twitter, password_login: true}"),
       "owners[0].providers[0].password_login", "xauth is not among its capabilities", 2},
  };
}

std::vector<BadConfiguration> All() {
  std::vector<BadConfiguration> all;
  for (const auto& part : {LoginMistakes(), TokenLifeMistakes()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

class BadLoginTest : public testing::TestWithParam<BadConfiguration> {};

TEST_P(BadLoginTest, IsRefusedWithItsPathAndPlace) { ExpectRefused(GetParam()); }

INSTANTIATE_TEST_SUITE_P(All, BadLoginTest, testing::ValuesIn(All()),
                         [](const auto& info) { return std::string(info.param.title); });

TEST(BadLoginsTest, ThereAreMany) { EXPECT_GE(All().size(), 45U); }

}  // namespace
}  // namespace oauth1d::config
