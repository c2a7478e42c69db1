#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/config/config_folder.h"

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
providers:
- name: twitter
  record: x
  title: X
  consumers:
  - name: main
    key: demo-key
    secret:
      env: TWITTER_SECRET  # <set>
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
