#include "client/cli/sign_jsonl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "tests/client/signed_line.h"

namespace oauth1d::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

class SignJsonlTest : public SignedLineTest {
 protected:
  std::string BaseString(const json& fields) { return Signed(Request(fields))["signature_base_string"]; }
  std::string Header(const json& fields) { return Signed(Request(fields))["authorization_header"]; }

  // Exit status and lines out.
  std::pair<int, std::vector<std::string>> Run(const std::string& text) {
    std::istringstream in(text);
    std::ostringstream out;
    const int status = SignJsonl(in, out, environment_);
    return {status, absl::StrSplit(out.str(), '\n', absl::SkipEmpty())};
  }
};

TEST_F(SignJsonlTest, GivesEveryDocumentedField) {
  const json out = Signed(Request({{"url", "HTTPS://H:443/a?b=c"}, {"realm", "R"}}));
  EXPECT_EQ(out["signature_base_string"],
            "GET&https%3A%2F%2Fh%2Fa&b%3Dc%26oauth_consumer_key%3Dck%26oauth_nonce%3Dn%26oauth_signature_method%3DHMAC-"
            "SHA1%26oauth_timestamp%3D1700000000%26oauth_version%3D1.0");
  EXPECT_EQ(out["url"], "https://h/a?b=c");
  EXPECT_EQ(out["body_base64"], "");
  const std::string encoded = "oauth_signature=\"";
  EXPECT_THAT(out["authorization_header"].get<std::string>(),
              StartsWith("OAuth realm=\"R\", oauth_consumer_key=\"ck\""));
  EXPECT_THAT(out["authorization_header"].get<std::string>(), HasSubstr(encoded));
  EXPECT_EQ(out["signature"].get<std::string>().size(), 28U) << "base64 of 20 bytes";
  EXPECT_EQ(out.size(), 5U) << out;
}

TEST_F(SignJsonlTest, AFormIsSignedAndBecomesTheBody) {
  const json out =
      Signed(Request({{"method", "POST"}, {"form", json::parse(R"([["a b","1+2"],["a b",""],["\u00e9","="]])")}}));
  std::string body;
  ASSERT_TRUE(absl::Base64Unescape(out["body_base64"].get<std::string>(), &body));
  EXPECT_EQ(body, "a%20b=1%2B2&a%20b=&%C3%A9=%3D");
  EXPECT_THAT(out["signature_base_string"].get<std::string>(),
              HasSubstr("%25C3%25A9%3D%253D%26a%2520b%3D%26a%2520b%3D1%252B2%26oauth_"));
  EXPECT_EQ(Signed(Request({{"form", json::array()}}))["body_base64"], "");
}

TEST_F(SignJsonlTest, ABodyIsSignedOnlyWhereItIsAForm) {
  const std::string body = absl::Base64Escape("x=1+2&y");
  for (const char* type :
       {"application/x-www-form-urlencoded", "APPLICATION/X-WWW-Form-urlencoded",
        "application/x-www-form-urlencoded;charset=UTF-8", "application/x-www-form-urlencoded ; a=b"}) {
    const json out = Signed(Request({{"body_base64", body}, {"content_type", type}}));
    EXPECT_THAT(out["signature_base_string"].get<std::string>(), HasSubstr("%26x%3D1%25202%26y%3D")) << type;
    EXPECT_EQ(out["body_base64"], body) << "sent unchanged";
  }
  for (const char* type : {"application/json", "", "multipart/form-data; boundary=b", "text/plain",
                           "application/x-www-form-urlencoded2", "x; application/x-www-form-urlencoded"}) {
    const json out = Signed(Request({{"body_base64", body}, {"content_type", type}}));
    EXPECT_THAT(out["signature_base_string"].get<std::string>(), Not(HasSubstr("x%3D1"))) << type;
    EXPECT_EQ(out["body_base64"], body);
  }
  EXPECT_THAT(BaseString({{"body_base64", body}}), Not(HasSubstr("x%3D1"))) << "no content type";
}

TEST_F(SignJsonlTest, ATimestampIsTextOrANumber) {
  EXPECT_THAT(Header({{"timestamp", "137131200"}}), HasSubstr("oauth_timestamp=\"137131200\""));
  EXPECT_THAT(Header({{"timestamp", 137131200}}), HasSubstr("oauth_timestamp=\"137131200\""));
  EXPECT_THAT(Header({{"timestamp", 0}}), HasSubstr("oauth_timestamp=\"0\""));
  EXPECT_THAT(Header({{"timestamp", "007"}}), HasSubstr("oauth_timestamp=\"007\"")) << "as it was written";
}

TEST_F(SignJsonlTest, TimestampAndNonceAreMadeWhereTheyAreAbsent) {
  environment_.SetNow(absl::FromUnixSeconds(1'234'567'890));
  const json request = Request({{"timestamp", nullptr}, {"nonce", nullptr}});
  ASSERT_FALSE(request.contains("nonce"));
  const std::string one = Signed(request)["authorization_header"];
  const std::string two = Signed(request)["authorization_header"];
  EXPECT_THAT(one, HasSubstr("oauth_timestamp=\"1234567890\""));
  EXPECT_NE(one, two) << "each with a nonce of its own";
  // oauthlib takes 20 to 30 of [A-Za-z0-9] by default.
  EXPECT_THAT(one, MatchesRegex(".*oauth_nonce=\"[a-zA-Z0-9]{20,30}\".*"));
}

TEST_F(SignJsonlTest, OptionalParametersAreSentWhereTheyAreGiven) {
  EXPECT_THAT(Header({}), Not(HasSubstr("oauth_token")));
  EXPECT_THAT(Header({{"token", "t"}}), HasSubstr("oauth_token=\"t\""));
  EXPECT_THAT(Header({{"token", ""}}), HasSubstr("oauth_token=\"\"")) << "Schoology wants it empty";
  EXPECT_THAT(Header({{"callback", "oob"}}), HasSubstr("oauth_callback=\"oob\""));
  EXPECT_THAT(Header({{"verifier", "v w"}}), HasSubstr("oauth_verifier=\"v%20w\""));
  EXPECT_THAT(Header({}), HasSubstr("oauth_version=\"1.0\""));
  EXPECT_THAT(Header({{"omit_version", false}}), HasSubstr("oauth_version=\"1.0\""));
  EXPECT_THAT(Header({{"omit_version", true}}), Not(HasSubstr("oauth_version")));
  EXPECT_THAT(Header({{"realm", ""}}), Not(HasSubstr("realm")));
  EXPECT_EQ(Header({{"signature_method", "HMAC-SHA1"}, {"placement", "header"}, {"body_hash", "none"}}), Header({}));
}

TEST_F(SignJsonlTest, TheTokenSecretSignsAndTheRealmDoesNot) {
  const auto signature = [&](const json& fields) { return Signed(Request(fields))["signature"].get<std::string>(); };
  EXPECT_NE(signature({{"token", "t"}, {"token_secret", "a"}}), signature({{"token", "t"}, {"token_secret", "b"}}));
  EXPECT_EQ(signature({{"token", "t"}, {"token_secret", ""}}), signature({{"token", "t"}}));
  EXPECT_EQ(signature({{"token_secret", ""}}), signature({}));
  EXPECT_EQ(signature({{"realm", "R"}}), signature({}));
}

TEST_F(SignJsonlTest, TheMethodIsSignedInUpperCase) {
  EXPECT_THAT(BaseString({{"method", "post"}}), StartsWith("POST&"));
  EXPECT_THAT(BaseString({{"method", "M-SEARCH"}}), StartsWith("M-SEARCH&"));
}

TEST_F(SignJsonlTest, LinesComeOutInOrderAndBlankOnesNot) {
  const std::string good = Request().dump();
  const auto [status, lines] =
      Run("\n" + good + "\r\n   \n\t\r\n{bad}\n" + Request({{"nonce", "second"}}).dump() + "\n\n" + good);
  EXPECT_EQ(status, 65);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0], lines[3]) << "the last line needs no line break";
  EXPECT_EQ(lines[1], R"({"error":"line: is no JSON"})");
  EXPECT_THAT(lines[2], HasSubstr("oauth_nonce=\\\"second\\\""));
}

TEST_F(SignJsonlTest, TheExitStatusIsZeroIfNoLineFailed) {
  EXPECT_EQ(Run("").first, 0);
  EXPECT_EQ(Run("\n\n").first, 0);
  EXPECT_EQ(Run(Request().dump() + "\n" + Request().dump() + "\n").first, 0);
  EXPECT_EQ(Run("x\n" + Request().dump() + "\n").first, 65) << "a later good line mends nothing";
}

TEST_F(SignJsonlTest, BrokenRandomnessMakesNoNonce) {
  environment_.BreakRandomness();
  EXPECT_THAT(Error(Request({{"nonce", nullptr}}).dump()), StartsWith("nonce: "));
  EXPECT_THAT(Header({}), StartsWith("OAuth ")) << "a nonce that was given needs none";
}

}  // namespace
}  // namespace oauth1d::cli
