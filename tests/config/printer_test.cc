#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/config/config_folder.h"
#include "tests/config/rsa_keys.h"

namespace oauth1d::config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::NotNull;

TEST(PrinterTest, PrintsTheEffectiveConfiguration) {
  const ConfigFolder folder;
  Pieces pieces;
  pieces.listen = "listen: {drain_delay: 1500ms}\n";
  pieces.owners = "owners: [{name: default, providers: [{name: twitter, callback_urls: [oob]}]}]\n";
  pieces.more = "  api_base_urls: [\"https://api.x.com/1.1/\"]\n  realm: 'a \"b\"'\n";
  EXPECT_EQ(folder.Load(pieces.Text()).effective, R"(listen:
  address: "127.0.0.1:50051"
  drain_delay: 1500ms
  reflection: true
store:
  memory: {}
keyring:
  env: OAUTH1D_KEYRING  # <set>
owners:
- name: default
  providers:
  - name: twitter
    callback_urls:
    - oob
    application: false
    password_login: false
  identities: []
  also_opens: []
providers:
- name: twitter
  record: x
  title: X
  consumers:
  - name: main
    key: demo-key
    secret:
      env: TWITTER_SECRET  # <set>
    parameters: []
    previous: []
  request_token_url: "https://api.x.com/oauth/request_token"
  authorize_url: "https://api.x.com/oauth/authenticate"
  access_token_url: "https://api.x.com/oauth/access_token"
  api_base_urls:
  - "https://api.x.com/1.1/"
  signature_method: HMAC-SHA1
  placement: header
  realm: "a \"b\""
  callback_confirmed: require
  reveal_provider_token: false
  authorize_parameters:
  - force_login
  - screen_name
  request_token_parameters:
  - x_auth_access_type
  egress:
    allow_plain_http: false
    allow_cidrs: []
    ca_file: ""
  sunset_date: ""
  token_method: POST
  parameters: []
  request_token:
    signature_method: HMAC-SHA1
    placement: header
    method: POST
    parameters: []
    parameters_in: body
  authorize:
    token_parameter: oauth_token
    consumer_key_parameter: ""
    callback_parameter: ""
    parameters: []
    url_field: ""
  access_token:
    signature_method: HMAC-SHA1
    placement: header
    method: POST
    parameters: []
    parameters_in: body
  api:
    signature_method: HMAC-SHA1
    placement: header
    method: ""
    parameters: []
    parameters_in: ""
  callback_mode: query
  verifier: required
  token_response:
    format: form
    token_field: oauth_token
    secret_field: oauth_token_secret
    error_prefix: ""
  headers: []
  body_hash: none
  sign_multipart_fields: false
  send_version: true
  empty_token: false
  bare_plaintext: false
  timestamps: clock
  signing_base_url: ""
  revocation:
    url: "https://api.x.com/1.1/oauth/invalidate_token"
    method: POST
  timestamp_refused:
  - "Timestamp out of bounds"
  capabilities:
  - three_legged
  - out_of_band
  explain_with_signature: false
  trace_context: false
limits:
  in_flight: 2000
  in_flight_per_owner: 500
  in_flight_per_provider: 500
  megabytes_in_flight: 256
  pending_flows_per_owner: 10000
  flow_lifetime: 600s
  token_reply_kilobytes: 64
  connections: 4096
  connections_per_identity: 64
  streams_per_connection: 100
  metadata_kilobytes: 8
audit:
  file: ""
  when_full: drop
access_tokens:
  refuse_sealed_before: ""
  refuse_ids: []
metrics:
  address: "127.0.0.1:9464"
)");
}

TEST(PrinterTest, WhatItPrintsLoadsAgainFromAnyFolder) {
  const ConfigFolder folder;
  folder.Write("keyring.yaml", kKeyringText);
  folder.Write("pw", "password");
  Pieces pieces;
  pieces.keyring = "keyring: {file: ./keyring.yaml}\n";
  pieces.store = "store: {redis: {address: \"[::1]:6379\", password: {file: pw}}}\n";
  pieces.more = "  title: \"null\"\n  reveal_provider_token: true\n  sunset_date: 2030-02-28\n";
  const Loaded first = folder.Load(pieces.Text());
  ASSERT_THAT(first.snapshot, NotNull()) << ToLines(first.mistakes);
  EXPECT_THAT(first.effective, HasSubstr("file: " + folder.path() + "/keyring.yaml  # <set>\n"));
  ConfigFolder elsewhere;
  const Loaded second = elsewhere.Load(first.effective);
  ASSERT_THAT(second.snapshot, NotNull()) << ToLines(second.mistakes);
  EXPECT_EQ(second.effective, first.effective);
  EXPECT_EQ(second.snapshot->providers[0]->title, "null");
  EXPECT_TRUE(second.snapshot->providers[0]->reveal_provider_token);
}

// A provider that sets everything that there is to set.
constexpr char kEverything[] = R"YAML(
keyring: {env: OAUTH1D_KEYRING}
owners: [{name: default, providers: [{name: shops, application: true, password_login: true}]}]
providers:
- name: shops
  consumers:
  - name: main
    key: k
    secret: {env: TWITTER_SECRET}
    rsa_private_key: {file: key.pem}
    rsa_private_key_passphrase: {file: passphrase}
    parameters: [{name: host, value: "shops.example:8443"}]
  parameters:
  - {name: host, pattern: ".+", description: "where, say: a.example", operator_only: true}
  - {name: shop, pattern: "[a-z]+"}
  request_token_url: https://{host}/r?title=a
  authorize_url: https://{host}/a
  access_token_url: https://{host}/t
  api_base_urls: ["https://{shop}.{host}/"]
  realm: "{shop:realm} {request_url}"
  signature_method: RSA-SHA256
  request_token: {signature_method: PLAINTEXT, placement: query, method: GET, parameters: [{name: a, value: "b c"}]}
  access_token: {placement: body, parameters: [{name: a}], parameters_in: header}
  api: {signature_method: HMAC-SHA512}
  authorize:
    token_parameter: token
    consumer_key_parameter: key
    callback_parameter: callback
    parameters: [{name: x, value: "1"}]
    url_field: login_url
  callback_mode: path
  verifier: none
  token_response: {format: json, token_field: t, secret_field: s, error_prefix: "Error:"}
  headers: [{name: User-Agent, value: "Agent ({shop})"
}]
  body_hash: sha256
  sign_multipart_fields: true
  send_version: false
  empty_token: true
  bare_plaintext: true
  timestamps: monotonic
  signing_base_url: http://{host}/
  renewal: {by: url, url: "https://{host}/renew", method: POST, lifetime: 2h, problems: [token_expired, token_idle]}
  revocation: {url: "https://{host}/revoke", method: DELETE}
  timestamp_refused: ["clock is wrong"]
  capabilities: [three_legged, xauth]
  explain_with_signature: true
  trace_context: true
)YAML";

TEST(PrinterTest, EverythingThatCanBeSetIsPrintedAndLoadsAgain) {
  const ConfigFolder folder;
  folder.Write("key.pem", EncryptedRsaKeyPem("canary-passphrase"));
  folder.Write("passphrase", "canary-passphrase\n");
  const Loaded first = folder.Load(kEverything);
  ASSERT_THAT(first.snapshot, NotNull()) << ToLines(first.mistakes);
  EXPECT_THAT(first.effective, HasSubstr("rsa_private_key:\n      file: " + folder.path() + "/key.pem  # <set>\n"));
  EXPECT_THAT(first.effective, HasSubstr("lifetime: 7200s\n"));
  EXPECT_THAT(first.effective, Not(HasSubstr("canary")));
  EXPECT_THAT(first.effective, Not(HasSubstr("BEGIN")));
  const ConfigFolder elsewhere;
  const Loaded second = elsewhere.Load(first.effective);
  ASSERT_THAT(second.snapshot, NotNull()) << ToLines(second.mistakes);
  EXPECT_EQ(second.effective, first.effective);
}

TEST(PrinterTest, PrintsNoSecret) {
  ConfigFolder folder;
  folder.SetVariable("TWITTER_SECRET", "canary-consumer");
  folder.Write("pw", "canary-password");
  Pieces pieces;
  pieces.store = "store: {redis: {address: \"a:1\", password: {file: pw}}}\n";
  const std::string effective = folder.Load(pieces.Text()).effective;
  EXPECT_THAT(effective, HasSubstr("<set>"));
  EXPECT_THAT(effective, Not(HasSubstr("canary")));
  EXPECT_THAT(effective, Not(HasSubstr("MDEyMzQ1")));
}

}  // namespace
}  // namespace oauth1d::config
