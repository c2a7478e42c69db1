// `oauth1ctl sign --jsonl`: every signature method, placement and kind of body.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/oauth1/encoding.h"
#include "tests/client/key_folder.h"
#include "tests/client/signed_line.h"
#include "tests/oauth1/test_keys.h"

namespace oauth1d::cli {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class SignMethodsTest : public SignedLineTest {
 protected:
  static std::string Body(const json& out) {
    std::string body;
    EXPECT_TRUE(absl::Base64Unescape(out["body_base64"].get<std::string>(), &body)) << out;
    return body;
  }

  const KeyFolder folder_;
};

// The OAuth part of every request below, and its signature.
std::string Placed(const nlohmann::json& out, absl::string_view method = "HMAC-SHA1") {
  return absl::StrCat("oauth_consumer_key=ck&oauth_nonce=n&oauth_signature_method=", method,
                      "&oauth_timestamp=1700000000&oauth_version=1.0&oauth_signature=",
                      oauth1::PercentEncode(out["signature"].get<std::string>()));
}

TEST_F(SignMethodsTest, EachHmacNamesItself) {
  for (const auto& [method, size] :
       std::vector<std::pair<const char*, size_t>>{{"HMAC-SHA1", 28}, {"HMAC-SHA256", 44}, {"HMAC-SHA512", 88}}) {
    const json out = Signed(Request({{"signature_method", method}}));
    EXPECT_EQ(out["signature"].get<std::string>().size(), size);
    EXPECT_THAT(out["signature_base_string"].get<std::string>(),
                HasSubstr(absl::StrCat("oauth_signature_method%3D", method, "%26")));
    EXPECT_THAT(out["authorization_header"].get<std::string>(),
                HasSubstr(absl::StrCat("oauth_signature_method=\"", method, "\"")));
  }
}

TEST_F(SignMethodsTest, PlaintextIsTheJoinedSecretsAndHasNoBaseString) {
  const json out = Signed(Request(
      {{"signature_method", "PLAINTEXT"}, {"consumer_secret", "c&s"}, {"token", "t"}, {"token_secret", "t s"}}));
  EXPECT_EQ(out["signature"], "c%26s&t%20s");
  EXPECT_EQ(out["signature_base_string"], "");
  EXPECT_THAT(out["authorization_header"].get<std::string>(), EndsWith("oauth_signature=\"c%2526s%26t%2520s\""));
}

TEST_F(SignMethodsTest, RsaSignaturesAreVerifiedWithThePublicKey) {
  const std::string file = folder_.Write("key.pem", oauth1::TraditionalPem(oauth1::RsaPkey()));
  for (const char* digest : {"SHA1", "SHA256", "SHA512"}) {
    const json out = Signed(Request({{"signature_method", absl::StrCat("RSA-", digest)},
                                     {"rsa_private_key_file", file},
                                     {"consumer_secret", nullptr}}));
    std::string signature;
    ASSERT_TRUE(absl::Base64Unescape(out["signature"].get<std::string>(), &signature));
    EXPECT_TRUE(oauth1::Verifies(oauth1::PublicPem(oauth1::RsaPkey()), digest,
                                 out["signature_base_string"].get<std::string>(), signature))
        << digest;
  }
}

TEST_F(SignMethodsTest, AKeyFileIsReadOnceAndFromTheCurrentFolder) {
  const std::string file = folder_.Write("key.pem", oauth1::Pkcs8Pem(oauth1::RsaPkey()));
  const std::string relative = std::filesystem::relative(file).string();
  EXPECT_NE(relative[0], '/');
  const json request = Request({{"signature_method", "RSA-SHA1"}, {"rsa_private_key_file", relative}});
  const json first = Signed(request);
  std::filesystem::remove(file);
  EXPECT_EQ(Signed(request), first);
}

TEST_F(SignMethodsTest, AKeyFileThatIsNotNeededIsNotRead) {
  EXPECT_EQ(Signed(Request({{"rsa_private_key_file", "/nowhere/key.pem"}})), Signed(Request()));
}

TEST_F(SignMethodsTest, InTheQueryTheParametersFollowTheUrlsOwn) {
  const std::vector<std::pair<const char*, const char*>> urls = {{"https://h/a", "https://h/a?"},
                                                                 {"https://h/a?x=%20+y", "https://h/a?x=%20+y&"},
                                                                 {"https://h/a?x&", "https://h/a?x&"},
                                                                 {"HTTPS://H:443?", "https://h/?"}};
  for (const auto& [url, before] : urls) {
    const json out = Signed(Request({{"url", url}, {"placement", "query"}, {"realm", "R"}}));
    EXPECT_EQ(out["url"], absl::StrCat(before, Placed(out)));
    EXPECT_EQ(out["body_base64"], "");
    EXPECT_FALSE(out.contains("authorization_header")) << out;
    EXPECT_EQ(out["signature"], Signed(Request({{"url", url}}))["signature"]) << "wherever they stand";
  }
}

TEST_F(SignMethodsTest, InTheBodyTheParametersFollowTheForm) {
  const json form = {{"method", "POST"}, {"placement", "body"}, {"form", json::parse(R"([["a","b c"]])")}};
  json out = Signed(Request(form));
  EXPECT_EQ(Body(out), absl::StrCat("a=b%20c&", Placed(out)));
  EXPECT_EQ(out["url"], "https://h/a");
  EXPECT_FALSE(out.contains("authorization_header")) << out;
  const json ready = {{"placement", "body"},
                      {"body_base64", absl::Base64Escape("a=b+c&d")},
                      {"content_type", "application/x-www-form-urlencoded; charset=UTF-8"}};
  out = Signed(Request(ready));
  EXPECT_EQ(Body(out), absl::StrCat("a=b+c&d&", Placed(out))) << "sent as it came";
  out = Signed(Request({{"placement", "body"}, {"form", json::array()}}));
  EXPECT_EQ(Body(out), Placed(out));
}

TEST_F(SignMethodsTest, APostWithoutABodyBecomesAForm) {
  const json out = Signed(Request({{"method", "POST"}, {"placement", "body"}}));
  EXPECT_EQ(Body(out), Placed(out));
}

TEST_F(SignMethodsTest, ABodyThatCannotCarryThemSendsThemIntoTheQuery) {
  const std::string body = absl::Base64Escape("{\"a\":1}");
  for (const json& fields : {json{{"method", "POST"}, {"body_base64", body}, {"content_type", "application/json"}},
                             json{{"method", "POST"}, {"body_base64", body}}, json{{"method", "GET"}},
                             json{{"method", "DELETE"}}, json{{"method", "PUT"}, {"body_base64", ""}}}) {
    json request = Request(fields);
    request["placement"] = "body";
    const json out = Signed(request);
    EXPECT_EQ(out["url"], absl::StrCat("https://h/a?", Placed(out))) << request;
    EXPECT_EQ(out["body_base64"], request.value("body_base64", "")) << request;
    EXPECT_FALSE(out.contains("authorization_header")) << out;
  }
}

TEST_F(SignMethodsTest, ABodyHashCoversWhatIsNoForm) {
  const std::string body = absl::Base64Escape("Hello World!");
  const auto header = [&](const json& fields) {
    return Signed(Request(fields))["authorization_header"].get<std::string>();
  };
  EXPECT_THAT(header({{"body_base64", body}, {"body_hash", "sha1"}}),
              HasSubstr("oauth_body_hash=\"Lve95gjOVATpfV8EL5X4nxwjKHE%3D\""));
  EXPECT_THAT(header({{"body_base64", body}, {"body_hash", "sha256"}, {"content_type", "application/json"}}),
              HasSubstr("oauth_body_hash=\"f4OxZX%2Fx%2FFO5LcGBSKHWXfwtSx%2Bj1ncoSt3SABJtkGk%3D\""));
  EXPECT_THAT(header({{"body_base64", body}, {"body_hash", "none"}}), Not(HasSubstr("oauth_body_hash")));
  EXPECT_THAT(header({{"body_hash", "sha1"}}), HasSubstr("oauth_body_hash=\"2jmj7l5rSw0yVb%2FvlWAYkK%2FYBwk%3D\""))
      << "a GET has one too";
}

TEST_F(SignMethodsTest, AFormHasNoBodyHash) {
  const json forms[] = {{{"form", json::parse(R"([["a","b"]])")}},
                        {{"body_base64", "YT1i"}, {"content_type", "application/x-www-form-urlencoded"}},
                        {{"method", "POST"}, {"placement", "body"}}};
  for (const json& form : forms) {
    json request = Request(form);
    request["body_hash"] = "sha256";
    EXPECT_THAT(Signed(request)["signature_base_string"].get<std::string>(), Not(HasSubstr("oauth_body_hash")))
        << request;
  }
}

TEST_F(SignMethodsTest, EveryMethodGoesIntoEveryPlace) {
  const std::string file = folder_.Write("key.pem", oauth1::Pkcs8Pem(oauth1::RsaPkey()));
  for (const char* method :
       {"HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "RSA-SHA1", "RSA-SHA256", "RSA-SHA512", "PLAINTEXT"}) {
    json request = Request({{"method", "POST"},
                            {"signature_method", method},
                            {"rsa_private_key_file", file},
                            {"form", json::parse(R"([["a","b"]])")}});
    request["placement"] = "query";
    const json query = Signed(request);
    EXPECT_EQ(query["url"], absl::StrCat("https://h/a?", Placed(query, method)));
    EXPECT_EQ(Body(query), "a=b");
    request["placement"] = "body";
    const json body = Signed(request);
    EXPECT_EQ(Body(body), absl::StrCat("a=b&", Placed(body, method)));
    request["placement"] = "header";
    const json header = Signed(request);
    EXPECT_THAT(header["authorization_header"].get<std::string>(), StartsWith("OAuth oauth_consumer_key=\"ck\", "));
    EXPECT_EQ(header["signature"], query["signature"]);
    EXPECT_EQ(header["signature"], body["signature"]);
  }
}

}  // namespace
}  // namespace oauth1d::cli
