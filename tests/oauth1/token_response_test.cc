#include "server/oauth1/token_response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/oauth1/encoding.h"
#include "tests/oauth1/pairs.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::oauth1 {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Optional;
using ::testing::Pair;

TEST(TokenResponseTest, GivesTheCredentialsAndEverythingElse) {
  ASSERT_OK_AND_ASSIGN(const TokenResponse response,
                       ParseTokenResponse("oauth_token=ab3cd9j4ks73hf7g&oauth_token_secret=xyz4992k83j47x0b&"
                                          "oauth_callback_confirmed=true&user_id=6253282&screen_name=t+w%21",
                                          TokenResponseFormat()));
  EXPECT_EQ(response.credentials.token, "ab3cd9j4ks73hf7g");
  EXPECT_EQ(response.credentials.secret.Reveal(), "xyz4992k83j47x0b");
  EXPECT_THAT(Pairs(response.others), ElementsAre(Pair("oauth_callback_confirmed", "true"), Pair("user_id", "6253282"),
                                                  Pair("screen_name", "t w!")));
}

TEST(TokenResponseTest, ReadsWhatProvidersReallySend) {
  struct Case {
    std::string body;
    std::string token;
    std::string secret;
  };
  const std::vector<Case> cases = {
      {"oauth_token_secret=s&oauth_token=t", "t", "s"},
      {"user_id=1&oauth_token_secret=s&x=y&oauth_token=t&z", "t", "s"},
      {"oauth_token=t&oauth_token_secret=s\n", "t", "s"},
      {"\r\n oauth_token=t&oauth_token_secret=s \r\n", "t", "s"},
      {"oauth_token=t&&oauth_token_secret=s&", "t", "s"},
      {"oauth_token=a%2Fb%3D%3D&oauth_token_secret=a%20b%2B", "a/b==", "a b+"},
      {"oauth_token=a/b==&oauth_token_secret=s", "a/b==", "s"},
      {"oauth%5Ftoken=t&oauth%5Ftoken%5Fsecret=s", "t", "s"},
      {"oauth_token=%E2%98%83&oauth_token_secret=\xC3\xA9", "\xE2\x98\x83", "\xC3\xA9"},
      {absl::StrCat("oauth_token=", std::string(4096, 't'), "&oauth_token_secret=", std::string(4096, 's')),
       std::string(4096, 't'), std::string(4096, 's')},
      {"oauth_token=t&oauth_token_secret=s&login_url=https://h/?a=b", "t", "s"},
      {"<b>warning</b>&oauth_token=t&oauth_token_secret=s", "t", "s"},
  };
  for (const Case& example : cases) {
    const absl::StatusOr<TokenResponse> response = ParseTokenResponse(example.body, TokenResponseFormat());
    ASSERT_THAT(response, IsOk()) << example.body;
    EXPECT_EQ(response->credentials.token, example.token);
    EXPECT_EQ(response->credentials.secret.Reveal(), example.secret);
    for (const Parameter& other : response->others) {
      EXPECT_NE(other.name, "oauth_token") << example.body;
      EXPECT_NE(other.name, "oauth_token_secret") << example.body;
    }
  }
}

TEST(TokenResponseTest, RefusesTheRestAndRepeatsNothingOfIt) {
  const std::string nul("\0", 1);
  struct Case {
    std::string body;
    const char* what;
  };
  const std::vector<Case> cases = {
      {"", "no oauth_token"},
      {" \r\n", "no oauth_token"},
      {"<html><body>canary</body></html>", "no oauth_token"},
      {"<!DOCTYPE html>\n<a href=\"?oauth_token=canary\">canary</a>", "no oauth_token"},
      {"{\"oauth_token\":\"canary\",\"oauth_token_secret\":\"canary\"}", "no oauth_token"},
      {"Error: canary", "no oauth_token"},
      {"oauth_problem=canary", "no oauth_token"},
      {"oauth_token_secret=canary", "no oauth_token"},
      {"OAUTH_TOKEN=canary&OAUTH_TOKEN_SECRET=canary", "no oauth_token"},
      {"oauth_token[]=canary&oauth_token_secret=canary", "no oauth_token"},
      {"oauth_token=canary;oauth_token_secret=canary", "no oauth_token_secret"},
      {"oauth_token=canary", "no oauth_token_secret"},
      {"oauth_token=canary&oauth_token_secret", "empty"},
      {"oauth_token=canary&oauth_token_secret=", "empty"},
      {"oauth_token=&oauth_token_secret=canary", "empty"},
      {"oauth_token=canary&oauth_token=canary&oauth_token_secret=s", "more than once"},
      {"oauth_token=canary&oauth_token=other&oauth_token_secret=s", "more than once"},
      {"oauth_token=canary&oauth_token=&oauth_token_secret=s", "more than once"},
      {"oauth_token=canary&oauth%5ftoken=x&oauth_token_secret=s", "more than once"},
      {"oauth_token=t&oauth_token_secret=canary&oauth_token_secret=canary", "more than once"},
      {absl::StrCat("oauth_token=canary", nul, "&oauth_token_secret=s"), "no text"},
      {"oauth_token=canary%00&oauth_token_secret=s", "no text"},
      {"oauth_token=canary%0d%0aX:%20y&oauth_token_secret=s", "no text"},
      {"oauth_token=canary%09&oauth_token_secret=s", "no text"},
      {"oauth_token=t&oauth_token_secret=canary%0A", "no text"},
      {"oauth_token=t&oauth_token_secret=canary%7f", "no text"},
      {"oauth_token=canary%FF&oauth_token_secret=s", "no text"},
      {"oauth_token=canary%C0%AE&oauth_token_secret=s", "no text"},
      {"oauth_token=t&oauth_token_secret=canary\xED\xA0\x80", "no text"},
      {absl::StrCat("oauth_token=canary", std::string(4091, 't'), "&oauth_token_secret=s"), "longer than 4096"},
      {absl::StrCat("oauth_token=canary", std::string(1 << 20, 't'), "&oauth_token_secret=s"), "longer than 4096"},
      {absl::StrCat("oauth_token=t&oauth_token_secret=canary", std::string(1 << 20, 's')), "longer than 4096"},
      {std::string(1 << 20, '<'), "no oauth_token"},
      {std::string(1 << 20, '&'), "no oauth_token"},
  };
  for (const Case& example : cases) {
    const std::string shown = absl::CHexEscape(example.body.substr(0, 80));
    const absl::Status status = ParseTokenResponse(example.body, TokenResponseFormat()).status();
    EXPECT_THAT(status, FailsWith(Reason::kBadTokenResponse)) << shown;
    EXPECT_THAT(std::string(status.message()), HasSubstr(example.what)) << shown;
    EXPECT_THAT(status.ToString(), Not(HasSubstr("canary"))) << shown;
  }
}

TEST(TokenResponseTest, TheNamesOfTheFieldsAreTheRecords) {
  const TokenResponseFormat format = {TokenResponseSyntax::kForm, "request_token", "oauth_token_secret"};
  ASSERT_OK_AND_ASSIGN(const TokenResponse response,
                       ParseTokenResponse("request_token=t&oauth_token_secret=s&oauth_token=other", format));
  EXPECT_EQ(response.credentials.token, "t");
  EXPECT_THAT(Pairs(response.others), ElementsAre(Pair("oauth_token", "other")));
  const absl::Status status = ParseTokenResponse("oauth_token=t&oauth_token_secret=s", format).status();
  EXPECT_THAT(status, FailsWith(Reason::kBadTokenResponse));
  EXPECT_THAT(std::string(status.message()), HasSubstr("no request_token"));
}

TEST(SessionHandleTest, IsThereWhereItStandsOnce) {
  EXPECT_THAT(SessionHandle({{"x", "y"}, {"oauth_session_handle", "h"}}), Optional(Eq("h")));
  EXPECT_EQ(SessionHandle({{"oauth_session_handle", "h"}, {"oauth_session_handle", "h"}}), std::nullopt);
  EXPECT_EQ(SessionHandle({}), std::nullopt);
}

TEST(CallbackConfirmedTest, IsTrueWhereItSaysSoOnce) {
  EXPECT_TRUE(CallbackConfirmed({{"x", "y"}, {"oauth_callback_confirmed", "true"}}));
  for (const Parameters& others : std::vector<Parameters>{{},
                                                          {{"oauth_callback_confirmed", "false"}},
                                                          {{"oauth_callback_confirmed", ""}},
                                                          {{"oauth_callback_confirmed", "TRUE"}},
                                                          {{"oauth_callback_confirmed", "1"}},
                                                          {{"oauth_callback_confirmed", "true "}},
                                                          {{"OAUTH_CALLBACK_CONFIRMED", "true"}},
                                                          {{"callback_confirmed", "true"}}}) {
    EXPECT_FALSE(CallbackConfirmed(others)) << EncodeForm(others);
  }
  EXPECT_FALSE(CallbackConfirmed({{"oauth_callback_confirmed", "true"}, {"oauth_callback_confirmed", "true"}}));
  EXPECT_FALSE(CallbackConfirmed({{"oauth_callback_confirmed", "true"}, {"oauth_callback_confirmed", "false"}}));
}

TEST(ExpiresInTest, IsANumberOfSecondsThatMakesSense) {
  EXPECT_THAT(ExpiresIn({{"oauth_expires_in", "3600"}}), Optional(Eq(3600)));
  EXPECT_THAT(ExpiresIn({{"oauth_expires_in", "1"}, {"x", "2"}}), Optional(Eq(1)));
  for (const char* text :
       {"", "0", "-1", "1.5", "1e3", "never", "3600s", "99999999999", "9223372036854775808", "0x10"}) {
    EXPECT_EQ(ExpiresIn({{"oauth_expires_in", text}}), std::nullopt) << text;
  }
  EXPECT_EQ(ExpiresIn({}), std::nullopt);
  EXPECT_EQ(ExpiresIn({{"oauth_expires_in", "1"}, {"oauth_expires_in", "1"}}), std::nullopt);
}

}  // namespace
}  // namespace oauth1d::oauth1
