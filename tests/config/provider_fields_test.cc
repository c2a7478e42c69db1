// What a provider's fields become.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/config/config_folder.h"

namespace oauth1d::config {
namespace {

using oauth1::Parameter;
using providers::Capability;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsNull;
using ::testing::NotNull;
using ::testing::UnorderedElementsAre;

class ProviderFieldsTest : public testing::Test {
 protected:
  // The provider twitter from the record x, or without one, and these lines.
  std::shared_ptr<const providers::Provider> Load(const std::string& more,
                                                  const std::string& record = "  record: x\n") {
    Pieces pieces;
    pieces.record = record;
    pieces.more = more;
    loaded_ = folder_.Load(pieces.Text());
    EXPECT_THAT(loaded_.snapshot, NotNull()) << ToLines(loaded_.mistakes);
    return loaded_.snapshot == nullptr ? std::make_shared<providers::Provider>() : loaded_.snapshot->providers[0];
  }

  ConfigFolder folder_;
  Loaded loaded_;
};

TEST_F(ProviderFieldsTest, PhasesFallBackToTheProvider) {
  const auto provider = Load(
      "  signature_method: HMAC-SHA256\n  placement: query\n  token_method: GET\n"
      "  access_token: {signature_method: PLAINTEXT, placement: body, method: POST}\n"
      "  api: {signature_method: HMAC-SHA512, placement: header}\n");
  EXPECT_EQ(provider->request_token.signature_method, oauth1::SignatureMethod::kHmacSha256);
  EXPECT_EQ(provider->request_token.placement, oauth1::Placement::kQuery);
  EXPECT_EQ(provider->request_token.method, "GET");
  EXPECT_EQ(provider->request_token.parameters_in, providers::ParametersIn::kQuery);
  EXPECT_EQ(provider->access_token.signature_method, oauth1::SignatureMethod::kPlaintext);
  EXPECT_EQ(provider->access_token.placement, oauth1::Placement::kBody);
  EXPECT_EQ(provider->access_token.method, "POST");
  EXPECT_EQ(provider->access_token.parameters_in, providers::ParametersIn::kBody);
  EXPECT_EQ(provider->api.signature_method, oauth1::SignatureMethod::kHmacSha512);
  EXPECT_EQ(provider->api.placement, oauth1::Placement::kHeader);
}

TEST_F(ProviderFieldsTest, TakesWhatAPhaseSends) {
  const auto provider = Load(
      "  request_token: {parameters: [{name: scope, value: read}, {name: scope, value: write}], parameters_in: "
      "header}\n"
      "  access_token: {parameters: [{name: empty}], parameters_in: query}\n");
  EXPECT_THAT(provider->request_token.parameters, ElementsAre(Parameter{"scope", "read"}, Parameter{"scope", "write"}));
  EXPECT_EQ(provider->request_token.parameters_in, providers::ParametersIn::kHeader);
  EXPECT_THAT(provider->access_token.parameters, ElementsAre(Parameter{"empty", ""}));
  EXPECT_EQ(provider->access_token.parameters_in, providers::ParametersIn::kQuery);
}

TEST_F(ProviderFieldsTest, TakesHowALoginGoes) {
  const auto provider = Load(
      "  authorize: {token_parameter: token, consumer_key_parameter: key, callback_parameter: cb, url_field: "
      "login_url, "
      "parameters: [{name: lang, value: en}]}\n"
      "  callback_mode: authorize_url\n  verifier: none\n"
      "  token_response: {format: xml, token_field: Token, secret_field: Secret, error_prefix: 'Error:'}\n");
  EXPECT_EQ(provider->authorize.token_parameter, "token");
  EXPECT_EQ(provider->authorize.consumer_key_parameter, "key");
  EXPECT_EQ(provider->authorize.callback_parameter, "cb");
  EXPECT_EQ(provider->authorize.url_field, "login_url");
  EXPECT_THAT(provider->authorize.parameters, ElementsAre(Parameter{"lang", "en"}));
  EXPECT_EQ(provider->callback_mode, providers::CallbackMode::kAuthorizeUrl);
  EXPECT_FALSE(provider->verifier_required);
  EXPECT_EQ(provider->token_response.syntax, oauth1::TokenResponseSyntax::kXml);
  EXPECT_EQ(provider->token_response.token_field, "Token");
  EXPECT_EQ(provider->token_response.secret_field, "Secret");
  EXPECT_EQ(provider->refusal_prefix, "Error:");
}

TEST_F(ProviderFieldsTest, EveryCallbackModeHasAWord) {
  using providers::CallbackMode;
  for (const auto& [word, mode] : {std::pair<std::string, CallbackMode>{"query", CallbackMode::kQuery},
                                   {"path", CallbackMode::kPath},
                                   {"none", CallbackMode::kNone},
                                   {"out_of_band", CallbackMode::kOutOfBand}}) {
    EXPECT_EQ(Load("  callback_mode: " + word + "\n")->callback_mode, mode) << word;
  }
}

TEST_F(ProviderFieldsTest, TakesHowRequestsAreMade) {
  const auto provider = Load(
      "  headers: [{name: User-Agent, value: Agent/1.0}]\n  body_hash: sha1\n  sign_multipart_fields: true\n"
      "  send_version: false\n  empty_token: true\n  bare_plaintext: true\n  timestamps: monotonic\n"
      "  signing_base_url: http://inside.example:8080/api/\n  timestamp_refused: [Timestamp out of bounds]\n"
      "  explain_with_signature: true\n  trace_context: true\n  realm: 'a {request_url}'\n");
  EXPECT_THAT(provider->endpoints->headers, ElementsAre(Parameter{"User-Agent", "Agent/1.0"}));
  EXPECT_EQ(provider->body_hash, oauth1::BodyHash::kSha1);
  EXPECT_TRUE(provider->sign_multipart_fields);
  EXPECT_FALSE(provider->send_version);
  EXPECT_TRUE(provider->empty_token);
  EXPECT_TRUE(provider->bare_plaintext);
  EXPECT_TRUE(provider->monotonic_timestamps);
  EXPECT_EQ(provider->endpoints->signing_base->ToString(), "http://inside.example:8080/api/")
      << "nothing is connected to there, so plain http is fine";
  EXPECT_THAT(provider->timestamp_refused, ElementsAre("Timestamp out of bounds"));
  EXPECT_TRUE(provider->explain_with_signature);
  EXPECT_TRUE(provider->trace_context);
  EXPECT_EQ(provider->endpoints->realm, "a {request_url}");
}

TEST_F(ProviderFieldsTest, TakesHowTokensLive) {
  const auto by_url = Load(
      "  renewal: {by: url, url: 'https://a.example/renew', lifetime: 2h, problems: [token_expired, token_idle]}\n"
      "  revocation: {url: 'https://a.example/revoke', method: DELETE}\n");
  EXPECT_EQ(by_url->renewal.by, providers::RenewBy::kUrl);
  EXPECT_EQ(by_url->renewal.method, "GET");
  EXPECT_EQ(by_url->renewal.lifetime, absl::Hours(2));
  EXPECT_THAT(by_url->renewal.problems, ElementsAre("token_expired", "token_idle"));
  EXPECT_EQ(by_url->endpoints->renewal_url->ToString(), "https://a.example/renew");
  EXPECT_EQ(by_url->endpoints->revocation_url->ToString(), "https://a.example/revoke");
  EXPECT_EQ(by_url->revocation_method, "DELETE");
  const auto by_handle = Load("  renewal: {by: session_handle}\n");
  EXPECT_EQ(by_handle->renewal.by, providers::RenewBy::kSessionHandle);
  EXPECT_EQ(by_handle->renewal.lifetime, absl::ZeroDuration());
  EXPECT_THAT(by_handle->renewal.problems, ElementsAre("token_expired"));
}

TEST_F(ProviderFieldsTest, WithoutCapabilitiesTheUrlsTell) {
  EXPECT_THAT(Load("  capabilities: []\n")->capabilities,
              UnorderedElementsAre(Capability::kThreeLegged, Capability::kTwoLegged, Capability::kOutOfBand));
  EXPECT_THAT(Load("  api_base_urls: ['https://a.example/']\n", "")->capabilities,
              UnorderedElementsAre(Capability::kTwoLegged));
}

TEST_F(ProviderFieldsTest, AnAccessTokenUrlMayStandAloneForPasswords) {
  const auto provider = Load(
      "  access_token_url: https://a.example/t\n  api_base_urls: ['https://a.example/']\n  capabilities: [xauth]\n",
      "");
  EXPECT_THAT(provider->capabilities, UnorderedElementsAre(Capability::kXauth));
  EXPECT_FALSE(provider->three_legged());
  EXPECT_FALSE(provider->endpoints->request_token_url.has_value());
}

TEST_F(ProviderFieldsTest, AnExchangeNeedsNoApi) {
  const auto provider = Load("  access_token_url: https://a.example/t\n  capabilities: [token_exchange_only]\n", "");
  EXPECT_THAT(provider->endpoints->api_bases, IsEmpty());
}

TEST_F(ProviderFieldsTest, AGrantMayAllowPasswords) {
  Pieces pieces;
  pieces.owners = "owners: [{name: default, providers: [{name: twitter, password_login: true}]}]\n";
  pieces.more = "  capabilities: [xauth]\n";
  const Loaded loaded = folder_.Load(pieces.Text());
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  EXPECT_TRUE(loaded.snapshot->owners[0]->grants[0].password_login);
  EXPECT_FALSE(loaded.snapshot->owners[0]->grants[0].application);
}

TEST_F(ProviderFieldsTest, WhatIsOpenIsFilledByConsumersAndCallers) {
  Pieces pieces;
  pieces.record =
      "  parameters:\n  - {name: host, pattern: '[a-z.]+', operator_only: true}\n"
      "  - {name: shop, pattern: '[a-z]+', description: the shop}\n"
      "  api_base_urls: ['https://{shop}.{host}/']\n";
  pieces.consumers =
      "  consumers:\n  - {name: open, key: k, secret: {env: TWITTER_SECRET}, parameters: [{name: host, value: "
      "a.example}]}\n"
      "  - {name: fixed, key: k, secret: {env: TWITTER_SECRET}, parameters: [{name: shop, value: hats}, {name: host, "
      "value: b.example}]}\n";
  const Loaded loaded = folder_.Load(pieces.Text());
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  const providers::Provider& provider = *loaded.snapshot->providers[0];
  EXPECT_THAT(provider.endpoints, IsNull());
  ASSERT_EQ(provider.templates.parameters.size(), 2U);
  EXPECT_TRUE(provider.templates.parameters[0].operator_only);
  EXPECT_EQ(provider.templates.parameters[1].description, "the shop");
  EXPECT_THAT(provider.templates.parameters[1].compiled, NotNull());
  EXPECT_THAT(provider.consumers[0].endpoints, IsNull());
  ASSERT_THAT(provider.consumers[1].endpoints, NotNull());
  EXPECT_EQ(provider.consumers[1].endpoints->api_bases[0].ToString(), "https://hats.b.example/");
  EXPECT_THAT(provider.consumers[1].parameters, ElementsAre(Parameter{"host", "b.example"}, Parameter{"shop", "hats"}))
      << "by name";
}

TEST_F(ProviderFieldsTest, WarnsOfSecretsInTheClear) {
  Load(
      "  signature_method: PLAINTEXT\n  egress: {allow_plain_http: true}\n"
      "  api_base_urls: ['https://a.example/', 'http://b.example/']\n  access_token_url: http://b.example/t\n");
  EXPECT_EQ(loaded_.warnings.size(), 2U) << ToLines(loaded_.warnings);
  EXPECT_THAT(loaded_.warnings, HasMistake("providers[0].api_base_urls[1]", "PLAINTEXT sends the secrets themselves"));
  EXPECT_THAT(loaded_.warnings, HasMistake("providers[0].access_token_url", "PLAINTEXT"));
}

TEST_F(ProviderFieldsTest, WarnsOfAnEndThatIsNear) {
  Load("  sunset_date: 2024-05-11\n");  // 179 days from now
  EXPECT_THAT(loaded_.warnings, HasMistake("providers[0].sunset_date", "ends on 2024-05-11: look for another way"));
  Load("  sunset_date: 2024-05-12\n");
  EXPECT_THAT(loaded_.warnings, IsEmpty());
  Load("  sunset_date: 2023-11-14\n");  // today: it works until the day is over
  EXPECT_THAT(loaded_.warnings, HasMistake("providers[0].sunset_date", "ends on"));
  Load("  sunset_date: 2023-11-13\n");
  EXPECT_THAT(loaded_.warnings, HasMistake("providers[0].sunset_date", "is over"));
}

}  // namespace
}  // namespace oauth1d::config
