#include "server/oauth1/signer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "server/oauth1/encoding.h"
#include "tests/oauth1/test_keys.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::oauth1 {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// RFC 5849 section 3.4.1.1, with the signature of erratum 2550.
class SignerTest : public ::testing::Test {
 protected:
  SignerTest() {
    input_.body_kind = BodyKind::kForm;
    input_.form = "c2&a3=2+q";
    input_.realm = "Example";
    input_.consumer_key = "9djdj82h48djs9d2";
    input_.token = "kkk9d7dh3k39sjv7";
    input_.timestamp = "137131201";
    input_.nonce = "7d8f3e4a";
    input_.send_version = false;
  }

  SignedParts Signed(SignatureMethod method = SignatureMethod::kHmacSha1) {
    absl::StatusOr<SigningKey> key =
        SigningKey::Create(method, Secret("j49sk3j29djd"), Secret("dh893hdasih9"), TestRsaKey());
    EXPECT_THAT(key, IsOk());
    SignedParts parts;
    EXPECT_TRUE(key.ok() && signer_.Sign(input_, *key, parts).ok());
    return parts;
  }
  std::string Base(SignatureMethod method = SignatureMethod::kHmacSha1) {
    return std::string(signer_.BaseOf(input_, method).text());
  }

  const Url url_ = *Url::Parse("http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b");
  SigningInput input_{"POST", url_};
  Signer signer_;
};

constexpr char kSignature[] = "r6/TJjbCOr97/+UU0NsvSne7s5g=";

TEST_F(SignerTest, SignsTheRfcsExample) {
  const SignedParts parts = Signed();
  EXPECT_EQ(parts.signature, kSignature);
  EXPECT_EQ(parts.authorization,
            "OAuth realm=\"Example\", oauth_consumer_key=\"9djdj82h48djs9d2\", oauth_nonce=\"7d8f3e4a\", "
            "oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"137131201\", oauth_token=\"kkk9d7dh3k39sjv7\", "
            "oauth_signature=\"r6%2FTJjbCOr97%2F%2BUU0NsvSne7s5g%3D\"");
  EXPECT_EQ(parts.query, "");
  EXPECT_EQ(parts.body, "");
}

TEST_F(SignerTest, OtherMethodsSignTheBaseStringThatNamesThem) {
  // Computed with Python's hmac.
  EXPECT_EQ(Signed(SignatureMethod::kHmacSha256).signature, "ypAxjNip++Dm0fTM+gCl8wAo6ufSnseu1WHxL7py3BU=");
  EXPECT_EQ(Signed(SignatureMethod::kHmacSha512).signature,
            "aApdjtDvkpOUgVhy366EAF+WZK5xcnpbPqCHYYPFOkvm0mbF2V5hXpRCK0YW7d9rK+K7Qnj3X5HnxAbvFR/x6Q==");
  for (const SignatureMethod method : {SignatureMethod::kHmacSha512, SignatureMethod::kRsaSha256}) {
    const std::string name(SignatureMethodName(method));
    EXPECT_THAT(Base(method), HasSubstr(absl::StrCat("oauth_signature_method%3D", name, "%26")));
    EXPECT_THAT(Signed(method).authorization, HasSubstr(absl::StrCat("oauth_signature_method=\"", name, "\"")));
  }
}

TEST_F(SignerTest, PlaintextSendsTheSecretsAndNeedsNoBaseString) {
  input_.timestamp = "";
  input_.nonce = "";
  const SignedParts parts = Signed(SignatureMethod::kPlaintext);
  EXPECT_EQ(parts.signature, "j49sk3j29djd&dh893hdasih9");
  EXPECT_EQ(parts.authorization,
            "OAuth realm=\"Example\", oauth_consumer_key=\"9djdj82h48djs9d2\", oauth_signature_method=\"PLAINTEXT\", "
            "oauth_token=\"kkk9d7dh3k39sjv7\", oauth_signature=\"j49sk3j29djd%26dh893hdasih9\"");
}

TEST_F(SignerTest, InTheBodyOrTheQueryTheSameIsSignedAndNoRealmIsSent) {
  constexpr char kEncoded[] =
      "oauth_consumer_key=9djdj82h48djs9d2&oauth_nonce=7d8f3e4a&oauth_signature_method=HMAC-SHA1&"
      "oauth_timestamp=137131201&oauth_token=kkk9d7dh3k39sjv7&oauth_signature=r6%2FTJjbCOr97%2F%2BUU0NsvSne7s5g%3D";
  input_.placement = Placement::kBody;
  SignedParts parts = Signed();
  EXPECT_EQ(parts.body, kEncoded);
  EXPECT_EQ(parts.authorization + parts.query, "");
  EXPECT_EQ(parts.signature, kSignature);
  input_.placement = Placement::kQuery;
  parts = Signed();
  EXPECT_EQ(parts.query, kEncoded);
  EXPECT_EQ(parts.authorization + parts.body, "");
  EXPECT_EQ(parts.signature, kSignature);
}

TEST_F(SignerTest, PartsThatAreUsedAgainKeepNothingOfTheLastRequest) {
  ASSERT_OK_AND_ASSIGN(SigningKey key, SigningKey::Create(SignatureMethod::kHmacSha1, Secret("j49sk3j29djd"),
                                                          Secret("dh893hdasih9"), nullptr));
  SignedParts parts;
  for (const Placement placement : {Placement::kQuery, Placement::kBody, Placement::kHeader, Placement::kQuery}) {
    input_.placement = placement;
    ASSERT_THAT(signer_.Sign(input_, key, parts), IsOk());
    EXPECT_EQ(parts.authorization.empty(), placement != Placement::kHeader);
    EXPECT_EQ(parts.query.empty(), placement != Placement::kQuery);
    EXPECT_EQ(parts.body.empty(), placement != Placement::kBody);
    EXPECT_EQ(parts.signature, kSignature);
  }
}

TEST_F(SignerTest, ABodyThatCannotCarryThemSendsThemIntoTheQuery) {
  input_.placement = Placement::kBody;
  input_.body_kind = BodyKind::kOther;
  EXPECT_THAT(Signed().query, StartsWith("oauth_consumer_key="));
  input_.body_kind = BodyKind::kEmpty;
  EXPECT_THAT(Signed().body, StartsWith("oauth_consumer_key="));
  input_.http_method = "DELETE";
  EXPECT_THAT(Signed().query, StartsWith("oauth_consumer_key="));
}

TEST_F(SignerTest, NeitherTheRealmNorASignatureIsSigned) {
  input_.realm = "another";
  EXPECT_EQ(Signed().signature, kSignature);
  const Url signed_already = url_.WithParameter("oauth_signature", "x");
  input_.url = &signed_already;
  input_.form = "c2&a3=2+q&oauth%5Fsignature=y";
  const Parameters more = {{"oauth_signature", "z"}};
  input_.more = &more;
  EXPECT_EQ(Signed().signature, kSignature);
  EXPECT_THAT(Signed().authorization, Not(HasSubstr("\"z\"")));
}

TEST_F(SignerTest, ARealmInTheQueryIsAnOrdinaryParameter) {
  const Url url = *Url::Parse("http://example.com/request?realm=r");
  input_.url = &url;
  EXPECT_THAT(Base(), HasSubstr("%26realm%3Dr"));
}

TEST_F(SignerTest, EveryProtocolParameterIsSentAndSigned) {
  input_.send_version = true;
  input_.callback = "http://h/cb?a=b c";
  input_.verifier = "hfdp7dh39dks9884";
  input_.session_handle = "AGc+";
  input_.body_hash = "2jmj7l5rSw0yVb/vlWAYkK/YBwk=";
  input_.realm = "";
  EXPECT_EQ(
      Signed().authorization,
      absl::StrCat("OAuth oauth_body_hash=\"2jmj7l5rSw0yVb%2FvlWAYkK%2FYBwk%3D\", "
                   "oauth_callback=\"http%3A%2F%2Fh%2Fcb%3Fa%3Db%20c\", oauth_consumer_key=\"9djdj82h48djs9d2\", "
                   "oauth_nonce=\"7d8f3e4a\", oauth_session_handle=\"AGc%2B\", "
                   "oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"137131201\", "
                   "oauth_token=\"kkk9d7dh3k39sjv7\", oauth_verifier=\"hfdp7dh39dks9884\", oauth_version=\"1.0\", "
                   "oauth_signature=\"",
                   PercentEncode(Signed().signature), "\""));
  EXPECT_THAT(Base(), HasSubstr("oauth_body_hash%3D2jmj7l5rSw0yVb%252FvlWAYkK%252FYBwk%253D%26oauth_callback%3Dhttp%253"
                                "A%252F%252Fh%252Fcb%253Fa%253Db%2520c%26oauth_consumer_key%3D9djdj82h48djs9d2%26"
                                "oauth_nonce%3D7d8f3e4a%26oauth_session_handle%3DAGc%252B%26oauth_signature_method%3D"
                                "HMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7%26"
                                "oauth_verifier%3Dhfdp7dh39dks9884%26oauth_version%3D1.0"));
}

TEST_F(SignerTest, ATokenMayBeAbsentOrEmpty) {
  input_.token = "";
  EXPECT_THAT(Signed().authorization, HasSubstr("oauth_token=\"\""));
  EXPECT_THAT(Base(), HasSubstr("oauth_token%3D"));
  input_.placement = Placement::kBody;
  EXPECT_THAT(Signed().body, HasSubstr("&oauth_token=&"));
  input_.token.reset();
  EXPECT_THAT(Signed().body, Not(HasSubstr("oauth_token")));
  EXPECT_THAT(Base(), Not(HasSubstr("oauth_token")));
}

TEST_F(SignerTest, MoreParametersGoWhereTheProtocolParametersGoAndAreSigned) {
  const Parameters more = {{"x_auth_mode", "client auth"}, {"a b", "\""}, {"a b", ""}};
  input_.more = &more;
  input_.realm = "";
  EXPECT_THAT(Signed().authorization, HasSubstr("oauth_token=\"kkk9d7dh3k39sjv7\", x_auth_mode=\"client%20auth\", "
                                                "a%20b=\"%22\", a%20b=\"\", oauth_signature=\""));
  EXPECT_THAT(Base(), HasSubstr("&a%2520b%3D%26a%2520b%3D%2522%26a2%3D"));
  EXPECT_THAT(Base(), HasSubstr("%26x_auth_mode%3Dclient%2520auth"));
  input_.placement = Placement::kQuery;
  EXPECT_THAT(Signed().query, HasSubstr("&x_auth_mode=client%20auth&a%20b=%22&a%20b=&oauth_signature="));
}

TEST_F(SignerTest, MultipartFieldsAreSignedAndNotSent) {
  const Parameters fields = {{"title", "a b"}, {"title", "c"}};
  input_.body_kind = BodyKind::kOther;
  input_.form = "";
  input_.multipart_fields = &fields;
  EXPECT_THAT(Base(), HasSubstr("%26title%3Da%2520b%26title%3Dc"));
  EXPECT_THAT(Signed().authorization, Not(HasSubstr("title")));
}

TEST_F(SignerTest, ABodyThatIsNoFormIsNotSigned) {
  input_.body_kind = BodyKind::kOther;
  EXPECT_THAT(Base(), Not(HasSubstr("2%2520q")));
}

TEST_F(SignerTest, PlacesASignatureThatWasMadeElsewhere) {
  SignedParts parts;
  parts.signature = "made/elsewhere=";
  signer_.Place(input_, SignatureMethod::kRsaSha1, parts);
  EXPECT_EQ(parts.signature, "made/elsewhere=");
  EXPECT_THAT(parts.authorization, HasSubstr("oauth_signature=\"made%2Felsewhere%3D\""));
  EXPECT_THAT(parts.authorization, HasSubstr("oauth_signature_method=\"RSA-SHA1\""));
}

TEST_F(SignerTest, ItsBaseStringIsWhatSignsElsewhereToo) {
  const SignedParts parts = Signed(SignatureMethod::kRsaSha512);
  ASSERT_OK_AND_ASSIGN(SigningKey key,
                       SigningKey::Create(SignatureMethod::kRsaSha512, Secret(), Secret(), TestRsaKey()));
  SignedParts placed;
  ASSERT_THAT(key.Sign(Base(SignatureMethod::kRsaSha512), placed.signature), IsOk());
  signer_.Place(input_, SignatureMethod::kRsaSha512, placed);
  EXPECT_EQ(placed.authorization, parts.authorization);
}

TEST_F(SignerTest, TheRealmIsQuotedAndNotEncoded) {
  const std::vector<std::pair<const char*, const char*>> realms = {
      {"Schoology API", "OAuth realm=\"Schoology API\", oauth_"},
      {"https://h/a?b=c", "OAuth realm=\"https://h/a?b=c\", oauth_"},
      {"a\"b\\c", "OAuth realm=\"a\\\"b\\\\c\", oauth_"},
      {"\\\"", "OAuth realm=\"\\\\\\\"\", oauth_"},
      {"", "OAuth oauth_consumer_key="},
  };
  for (const auto& [realm, header] : realms) {
    input_.realm = realm;
    EXPECT_THAT(Signed().authorization, StartsWith(header));
  }
}

TEST_F(SignerTest, NoByteOfAValueBreaksTheHeader) {
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte.push_back(static_cast<char>(byte));
  const Parameters more = {{every_byte, every_byte}};
  input_.consumer_key = every_byte;
  input_.token = every_byte;
  input_.more = &more;
  const SignedParts parts = Signed();
  for (const char c : parts.authorization) EXPECT_TRUE(c >= 0x20 && c < 0x7F);
  EXPECT_EQ(std::count(parts.authorization.begin(), parts.authorization.end(), '"'), 16);
  EXPECT_THAT(parts.authorization, HasSubstr(absl::StrCat(", ", PercentEncode(every_byte), "=\"")));
}

TEST_F(SignerTest, TheHeaderHoldsNoSecret) {
  ASSERT_OK_AND_ASSIGN(SigningKey key, SigningKey::Create(SignatureMethod::kHmacSha1, Secret("consumer-canary"),
                                                          Secret("token-canary"), nullptr));
  SignedParts parts;
  ASSERT_THAT(signer_.Sign(input_, key, parts), IsOk());
  EXPECT_THAT(parts.authorization, StartsWith("OAuth "));
  EXPECT_THAT(parts.authorization, Not(HasSubstr("canary")));
  EXPECT_THAT(Base(), Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace oauth1d::oauth1
