#include "server/oauth1/json_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "server/oauth1/token_response.h"
#include "tests/oauth1/pairs.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::oauth1 {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TextPairs Fields(absl::string_view text) {
  const absl::StatusOr<Parameters> fields = ParseFields(text, TokenResponseSyntax::kJson);
  EXPECT_THAT(fields, IsOk()) << text;
  return fields.ok() ? Pairs(*fields) : TextPairs{{"no", "fields"}};
}

TEST(JsonFieldsTest, AreTheTextsNumbersAndBooleansOfOneObjectInOrder) {
  EXPECT_EQ(Fields(R"({"b":"2","a":"x y","b":"1"})"), (TextPairs{{"b", "2"}, {"a", "x y"}, {"b", "1"}}));
  EXPECT_EQ(Fields(R"({"i":17,"n":-3,"f":1.50,"e":1e3,"big":18446744073709551615,"yes":true,"no":false,"nil":null})"),
            (TextPairs{{"i", "17"},
                       {"n", "-3"},
                       {"f", "1.50"},
                       {"e", "1e3"},
                       {"big", "18446744073709551615"},
                       {"yes", "true"},
                       {"no", "false"}}));
  EXPECT_EQ(Fields(R"({"deep":{"oauth_token":"no","a":[{"b":"no"}]},"list":["no",1],"after":"yes"})"),
            (TextPairs{{"after", "yes"}}));
  EXPECT_EQ(Fields("{}"), TextPairs{});
  EXPECT_EQ(Fields(" \r\n{ \"a\" : \"\\u00e9\\n\\/\" }\n"), (TextPairs{{"a", "\xC3\xA9\n/"}}));
  EXPECT_EQ(Fields("\xEF\xBB\xBF{\"a\":\"b\"}"), (TextPairs{{"a", "b"}})) << "a byte order mark";
}

TEST(JsonFieldsTest, WhatIsNoObjectIsRefused) {
  const std::vector<std::pair<std::string, const char*>> texts = {
      {"", "no JSON"},
      {"canary", "no JSON"},
      {"{\"a\":\"canary\"", "no JSON"},
      {"{\"a\":\"canary\"} x", "no JSON"},
      {"{'a':'canary'}", "no JSON"},
      {"{\"a\":canary}", "no JSON"},
      {"{\"a\":\"\xFF\"}", "no JSON"},
      {"oauth_token=canary&oauth_token_secret=s", "no JSON"},
      {"[\"canary\"]", "no object"},
      {"\"canary\"", "no object"},
      {"17", "no object"},
      {"null", "no object"},
      {"true", "no object"},
      {absl::StrCat("{\"a\":", std::string(100'000, '[')), "too long"},
      {absl::StrCat("{\"a\":", std::string(1000, '[')), "too deep"},
      {absl::StrCat("{\"a\":", std::string(40, '['), std::string(40, ']'), "}"), "too deep"},
      {absl::StrCat("{\"a\":\"", std::string(70'000, 'x'), "\"}"), "too long"},
  };
  for (const auto& [text, what] : texts) {
    const absl::Status status = ParseFields(text, TokenResponseSyntax::kJson).status();
    EXPECT_THAT(status, FailsWith(Reason::kBadTokenResponse)) << text.substr(0, 80);
    EXPECT_THAT(std::string(status.message()), HasSubstr(what)) << text.substr(0, 80);
    EXPECT_THAT(status.ToString(), Not(HasSubstr("canary"))) << text.substr(0, 80);
  }
  std::string many = "{\"a\":1";
  for (int i = 0; i < 300; ++i) absl::StrAppend(&many, ",\"a\":1");
  EXPECT_THAT(ParseFields(many + "}", TokenResponseSyntax::kJson), FailsWith(Reason::kBadTokenResponse));
}

TEST(JsonTokenResponseTest, GivesCredentialsUnderTheNamesOfTheRecord) {
  const TokenResponseFormat format = {TokenResponseSyntax::kJson, "token", "secret"};
  ASSERT_OK_AND_ASSIGN(const TokenResponse response,
                       ParseTokenResponse(R"({"token":"t","user":{"token":"no"},"secret":"s","user_id":17})", format));
  EXPECT_EQ(response.credentials.token, "t");
  EXPECT_EQ(response.credentials.secret.Reveal(), "s");
  EXPECT_EQ(Pairs(response.others), (TextPairs{{"user_id", "17"}}));
}

TEST(JsonTokenResponseTest, ATokenThatStandsTwiceIsNone) {
  const TokenResponseFormat format = {TokenResponseSyntax::kJson};
  for (const char* text : {R"({"oauth_token":"canary","oauth_token":"x","oauth_token_secret":"s"})",
                           R"({"oauth_token":"t","oauth_token_secret":"canary","oauth_token_secret":"canary"})",
                           R"({"oauth_token":"canary","oauth\u005ftoken":"x","oauth_token_secret":"s"})"}) {
    const absl::Status status = ParseTokenResponse(text, format).status();
    EXPECT_THAT(status, FailsWith(Reason::kBadTokenResponse)) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr("more than once"));
    EXPECT_THAT(status.ToString(), Not(HasSubstr("canary")));
  }
  for (const char* text :
       {R"({"oauth_token":"","oauth_token_secret":"s"})", R"({"oauth_token":"t"})",
        R"({"oauth_token":null,"oauth_token_secret":"s"})", R"({"oauth_token":["t"],"oauth_token_secret":"s"})",
        R"({"oauth_token":"a\u0000b","oauth_token_secret":"s"})", "{}"}) {
    EXPECT_THAT(ParseTokenResponse(text, format), FailsWith(Reason::kBadTokenResponse)) << text;
  }
}

}  // namespace
}  // namespace oauth1d::oauth1
