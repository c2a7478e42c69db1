#include "server/oauth1/signer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace oauth1d::oauth1 {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string HmacSha1(absl::string_view text, absl::string_view consumer_secret, absl::string_view token_secret) {
  const absl::StatusOr<std::string> signature =
      ComputeSignature(SignatureMethod::kHmacSha1, text, Secret(consumer_secret), Secret(token_secret));
  EXPECT_THAT(signature, IsOk());
  return signature.ok() ? *signature : "";
}

// RFC 5849 section 3.4.1.1, with the signature of erratum 2550.
SigningInput RfcExample() {
  SigningInput input;
  input.http_method = "POST";
  input.url = *Url::Parse("http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b");
  input.form = "c2&a3=2+q";
  input.realm = "Example";
  input.consumer_key = "9djdj82h48djs9d2";
  input.consumer_secret = Secret("j49sk3j29djd");
  input.token = TokenCredentials{"kkk9d7dh3k39sjv7", Secret("dh893hdasih9")};
  input.timestamp = "137131201";
  input.nonce = "7d8f3e4a";
  input.send_version = false;
  return input;
}

// The OAuth wiki's test cases for HMAC-SHA1.
TEST(SignatureTest, JoinsBothSecretsEvenWhereOneIsEmpty) {
  EXPECT_EQ(HmacSha1("bs", "cs", ""), "egQqG5AJep5sJ7anhXju1unge2I=");
  EXPECT_EQ(HmacSha1("bs", "cs", "ts"), "VZVjXceV7JgPq/dOTnNmEfO0Fv8=");
  EXPECT_NE(HmacSha1("bs", "cs", ""), HmacSha1("bs", "", "cs"));
  EXPECT_NE(HmacSha1("bs", "", ""), "");
}

TEST(SignatureTest, EncodesTheSecretsBeforeItJoinsThem) {
  EXPECT_NE(HmacSha1("bs", "a&b", ""), HmacSha1("bs", "a", "b"));
  EXPECT_NE(HmacSha1("bs", "a%26b", "c"), HmacSha1("bs", "a&b", "c"));
  EXPECT_EQ(HmacSha1("bs", "k/=", "t +"), "BFLcSSvOJIOjNNrdq96RmmHS/fU=");
}

TEST(SignatureTest, AnEmptyTextAndALongSecretAreSigned) {
  EXPECT_EQ(HmacSha1("", "cs", "").size(), 28U);
  EXPECT_EQ(HmacSha1("bs", std::string(5000, '\xFF'), std::string(5000, '&')).size(), 28U);
}

TEST(SignatureMethodTest, IsSpelledAsInTheRfc) {
  EXPECT_EQ(SignatureMethodName(SignatureMethod::kHmacSha1), "HMAC-SHA1");
  EXPECT_THAT(ParseSignatureMethod("HMAC-SHA1"), IsOkAnd(SignatureMethod::kHmacSha1));
  for (const char* name : {"", "hmac-sha1", "HMAC_SHA1", "HMAC-SHA1 ", "MD5"}) {
    const absl::Status status = ParseSignatureMethod(name).status();
    EXPECT_THAT(status, HasCode(absl::StatusCode::kInvalidArgument)) << name;
    EXPECT_THAT(std::string(status.message()), HasSubstr("HMAC-SHA1")) << "the message lists what there is";
  }
}

TEST(PlacementTest, IsSpelledAsInTheConfiguration) {
  EXPECT_THAT(ParsePlacement("header"), IsOkAnd(Placement::kHeader));
  for (const char* name : {"", "Header", "cookie"}) {
    const absl::Status status = ParsePlacement(name).status();
    EXPECT_THAT(status, HasCode(absl::StatusCode::kInvalidArgument)) << name;
    EXPECT_THAT(std::string(status.message()), HasSubstr("header")) << "the message lists what there is";
  }
}

TEST(SignerTest, SignsTheRfcsExample) {
  ASSERT_OK_AND_ASSIGN(const SigningOutput output, SignRequest(RfcExample()));
  EXPECT_EQ(output.signature, "r6/TJjbCOr97/+UU0NsvSne7s5g=");
  EXPECT_EQ(output.authorization,
            "OAuth realm=\"Example\", oauth_consumer_key=\"9djdj82h48djs9d2\", oauth_nonce=\"7d8f3e4a\", "
            "oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"137131201\", oauth_token=\"kkk9d7dh3k39sjv7\", "
            "oauth_signature=\"r6%2FTJjbCOr97%2F%2BUU0NsvSne7s5g%3D\"");
}

TEST(SignerTest, NeitherTheRealmNorTheSignatureIsSigned) {
  SigningInput input = RfcExample();
  input.realm = "another";
  ASSERT_OK_AND_ASSIGN(const SigningOutput output, SignRequest(input));
  EXPECT_EQ(output.signature, "r6/TJjbCOr97/+UU0NsvSne7s5g=");
  EXPECT_THAT(output.base_string, Not(HasSubstr("realm")));
  EXPECT_THAT(output.base_string, Not(HasSubstr("oauth_signature%3D")));
}

TEST(SignerTest, SendsWhatItWasAskedTo) {
  SigningInput input = RfcExample();
  input.token.reset();
  input.callback = "http://h/cb?a=b c";
  input.verifier = "hfdp7dh39dks9884";
  input.send_version = true;
  ASSERT_OK_AND_ASSIGN(const SigningOutput output, SignRequest(input));
  for (const char* parameter : {"oauth_callback=\"http%3A%2F%2Fh%2Fcb%3Fa%3Db%20c\"",
                                "oauth_verifier=\"hfdp7dh39dks9884\"", "oauth_version=\"1.0\""}) {
    EXPECT_THAT(output.authorization, HasSubstr(parameter));
  }
  EXPECT_THAT(output.base_string, HasSubstr("oauth_callback%3Dhttp%253A%252F%252Fh%252Fcb%253Fa%253Db%2520c%26"));
  EXPECT_THAT(output.authorization, Not(HasSubstr("oauth_token")));
  EXPECT_THAT(output.base_string, Not(HasSubstr("oauth_token")));
}

TEST(SignerTest, AnEmptyTokenIsSentAndSigned) {
  SigningInput input = RfcExample();
  input.token = TokenCredentials{"", Secret()};
  ASSERT_OK_AND_ASSIGN(const SigningOutput output, SignRequest(input));
  EXPECT_THAT(output.authorization, HasSubstr("oauth_token=\"\""));
  EXPECT_THAT(output.base_string, HasSubstr("oauth_token%3D"));
}

TEST(SignerTest, TheHeaderHoldsNoSecret) {
  SigningInput input = RfcExample();
  input.consumer_secret = Secret("consumer-canary");
  input.token->secret = Secret("token-canary");
  ASSERT_OK_AND_ASSIGN(const SigningOutput output, SignRequest(input));
  EXPECT_THAT(output.authorization, StartsWith("OAuth "));
  EXPECT_THAT(output.authorization, Not(HasSubstr("canary")));
  EXPECT_THAT(output.base_string, Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace oauth1d::oauth1
