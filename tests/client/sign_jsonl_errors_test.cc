// What a line can have wrong: each is told by its field, and no secret of it is repeated.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/client/signed_line.h"

namespace oauth1d::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using SignJsonlErrorsTest = SignedLineTest;

TEST_F(SignJsonlErrorsTest, WhatIsNoObjectIsNoRequest) {
  for (const char* line : {"x", "{", "{}}", "{'method':'GET'}", "{\"method\":\"GET\",}", "\"\xFF\"", "nul"}) {
    EXPECT_EQ(Error(line), "line: is no JSON") << line;
  }
  for (const char* line : {"[]", "\"text\"", "1", "null", "true"}) EXPECT_EQ(Error(line), "line: is no JSON object");
}

TEST_F(SignJsonlErrorsTest, DeepNestingBreaksNothing) {
  EXPECT_THAT(Error(std::string(200'000, '[')), StartsWith("line: "));
  EXPECT_THAT(Error(std::string(100'000, '[') + std::string(100'000, ']')), StartsWith("line: "));
}

TEST_F(SignJsonlErrorsTest, RequiredFieldsAreRequired) {
  for (const char* field : {"method", "url", "consumer_key", "consumer_secret"}) {
    EXPECT_EQ(Error(Request({{field, nullptr}}).dump()), absl::StrCat(field, ": is required"));
  }
  EXPECT_EQ(Error("{}"), "method: is required");
}

TEST_F(SignJsonlErrorsTest, TextIsText) {
  for (const char* field : {"method", "url", "consumer_key", "consumer_secret", "token", "token_secret", "body_base64",
                            "content_type", "nonce", "signature_method", "placement", "body_hash", "realm", "callback",
                            "verifier", "rsa_private_key_file"}) {
    for (const json& value : {json(1), json(true), json::array(), json::object()}) {
      json request = Request({{"token", "t"}});
      request[field] = value;
      EXPECT_EQ(Error(request.dump()), absl::StrCat(field, ": must be a string")) << value;
    }
  }
}

TEST_F(SignJsonlErrorsTest, AFieldThatNobodyKnowsIsAMistake) {
  EXPECT_EQ(Error(Request({{"tokn", "t"}}).dump()), "tokn: is no field of a request to sign");
  EXPECT_EQ(Error(Request({{"URL", "t"}}).dump()), "URL: is no field of a request to sign");
  EXPECT_EQ(Error(Request({{"a\"b\nc", "t"}}).dump()), "a\"b\nc: is no field of a request to sign");
}

TEST_F(SignJsonlErrorsTest, AFormIsAListOfPairsOfText) {
  for (const char* form :
       {"\"a=b\"", "{\"a\":\"b\"}", "1", "null", "[\"a\"]", "[[\"a\"]]", "[[\"a\",\"b\",\"c\"]]", "[[\"a\",1]]",
        "[[1,\"a\"]]", "[[\"a\",null]]", "[[\"a\",\"b\"],\"c\"]", "[{\"a\":\"b\"}]"}) {
    json request = Request();
    request["form"] = json::parse(form);
    EXPECT_EQ(Error(request.dump()), "form: must be a list of [name, value]") << form;
  }
}

TEST_F(SignJsonlErrorsTest, AFormAndABodyExcludeEachOther) {
  EXPECT_THAT(Error(Request({{"form", json::parse(R"([["a","b"]])")}, {"body_base64", "YQ=="}}).dump()),
              HasSubstr("form: cannot stand together with body_base64"));
  EXPECT_THAT(Error(Request({{"form", json::array()}, {"body_base64", ""}}).dump()), StartsWith("form: "));
}

TEST_F(SignJsonlErrorsTest, ABodyIsBase64) {
  for (const char* text : {"a", "YQ=", "Y Q = = =", "!!!!", "YQ==YQ==", "-_-_"}) {
    EXPECT_EQ(Error(Request({{"body_base64", text}}).dump()), "body_base64: is no base64") << text;
  }
}

TEST_F(SignJsonlErrorsTest, ATimestampIsDigits) {
  for (const json& value : {json(""), json("-1"), json("1.5"), json("now"), json(" 1"), json(-1), json(1.5), json(1e30),
                            json(true), json::array()}) {
    EXPECT_THAT(Error(Request({{"timestamp", value}}).dump()), StartsWith("timestamp: ")) << value;
  }
}

TEST_F(SignJsonlErrorsTest, AUrlIsTakenAsItIsOrNotAtAll) {
  for (const char* url : {"", "h/a", "/a", "ftp://h/", "https://h/a b", "https://h/#f", "https://u:canary@h/",
                          "https://h/%zz", "https://h/\u00e9", "https://b\u00fccher.example/", "https://h:0/"}) {
    const std::string error = Error(Request({{"url", url}}).dump());
    EXPECT_THAT(error, StartsWith("url: ")) << url;
    EXPECT_THAT(error, Not(HasSubstr("canary")));
  }
}

TEST_F(SignJsonlErrorsTest, AMethodIsOneWord) {
  for (const char* method : {"", "GE T", "GET\r\n", "G\u00c9T", "(GET)"}) {
    EXPECT_EQ(Error(Request({{"method", method}}).dump()), "method: is no HTTP method") << method;
  }
}

TEST_F(SignJsonlErrorsTest, WhatThereIsNotIsToldByItsField) {
  for (const char* method : {"HMAC-SHA384", "hmac-sha1", "", "MD5"}) {
    EXPECT_THAT(Error(Request({{"signature_method", method}}).dump()),
                StartsWith("signature_method: is no signature method; there are HMAC-SHA1, "))
        << method;
  }
  for (const char* placement : {"Header", "cookie", ""}) {
    EXPECT_EQ(Error(Request({{"placement", placement}}).dump()),
              "placement: is no placement; there are header, body, query")
        << placement;
  }
  for (const char* hash : {"SHA1", "sha512", "md5", ""}) {
    EXPECT_EQ(Error(Request({{"body_hash", hash}}).dump()), "body_hash: is no body hash; there are none, sha1, sha256")
        << hash;
  }
}

TEST_F(SignJsonlErrorsTest, AnRsaMethodNeedsAKeyThatIsOne) {
  EXPECT_EQ(Error(Request({{"signature_method", "RSA-SHA1"}}).dump()),
            "rsa_private_key_file: is required to sign with RSA");
  const json missing = Request({{"signature_method", "RSA-SHA1"}, {"rsa_private_key_file", "/nowhere/key.pem"}});
  EXPECT_EQ(Error(missing.dump()), "rsa_private_key_file: /nowhere/key.pem cannot be read: No such file or directory");
  EXPECT_THAT(Error(Request({{"signature_method", "RSA-SHA512"}, {"rsa_private_key_file", "/"}}).dump()),
              StartsWith("rsa_private_key_file: / cannot be read: "));
  EXPECT_EQ(Error(Request({{"signature_method", "RSA-SHA1"}, {"rsa_private_key_file", "/dev/null"}}).dump()),
            "rsa_private_key_file: /dev/null is empty");
  EXPECT_THAT(Error(Request({{"signature_method", "RSA-SHA1"}, {"rsa_private_key_file", "/dev/zero"}}).dump()),
              HasSubstr("too large"));
}

TEST_F(SignJsonlErrorsTest, OmitVersionIsTrueOrFalse) {
  for (const json& value : {json("true"), json(1), json::array()}) {
    EXPECT_EQ(Error(Request({{"omit_version", value}}).dump()), "omit_version: must be true or false");
  }
}

TEST_F(SignJsonlErrorsTest, ATokenSecretBelongsToAToken) {
  EXPECT_EQ(Error(Request({{"token_secret", "canary"}}).dump()), "token_secret: stands without a token");
}

}  // namespace
}  // namespace oauth1d::cli
