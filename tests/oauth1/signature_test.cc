#include "server/oauth1/signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <utility>

#include "absl/strings/escaping.h"
#include "tests/oauth1/test_keys.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::oauth1 {
namespace {

using ::testing::HasSubstr;

constexpr std::array<SignatureMethod, 7> kMethods = {
    SignatureMethod::kHmacSha1,  SignatureMethod::kHmacSha256, SignatureMethod::kHmacSha512, SignatureMethod::kRsaSha1,
    SignatureMethod::kRsaSha256, SignatureMethod::kRsaSha512,  SignatureMethod::kPlaintext};

std::string Signed(SignatureMethod method, absl::string_view text, absl::string_view consumer_secret,
                   absl::string_view token_secret) {
  absl::StatusOr<SigningKey> key =
      SigningKey::Create(method, Secret(consumer_secret), Secret(token_secret), TestRsaKey());
  EXPECT_THAT(key, IsOk());
  std::string signature = "what was there";
  EXPECT_TRUE(key.ok() && key->Sign(text, signature).ok());
  return signature;
}

// The OAuth wiki's test cases for HMAC-SHA1; the others were computed with Python's hmac.
TEST(SignatureTest, JoinsBothSecretsEvenWhereOneIsEmpty) {
  EXPECT_EQ(Signed(SignatureMethod::kHmacSha1, "bs", "cs", ""), "egQqG5AJep5sJ7anhXju1unge2I=");
  EXPECT_EQ(Signed(SignatureMethod::kHmacSha1, "bs", "cs", "ts"), "VZVjXceV7JgPq/dOTnNmEfO0Fv8=");
  EXPECT_EQ(Signed(SignatureMethod::kHmacSha256, "bs", "cs", ""), "kWNIhpsQfKsXX+tw7xo2n09Z77xczTK6fc8ZPau76DY=");
  EXPECT_EQ(Signed(SignatureMethod::kHmacSha256, "bs", "cs", "ts"), "9HGKdfyP38c9+AtaEhdNhLubhigOrxSw0l46B8qgPso=");
  EXPECT_EQ(Signed(SignatureMethod::kHmacSha512, "bs", "cs", ""),
            "cFLQ6boLgh0a26EAIJn34od33Ix9DVMqglR1fA2bjkWA6tHfT110FUJm82dnNSq6m2SQZmUdTz98MKnrfbUdJA==");
  EXPECT_EQ(Signed(SignatureMethod::kHmacSha512, "bs", "cs", "ts"),
            "T04jxnLJa37K7D+1pmSTcwVgnXh30AdlY2VzylkE2/a1Avr2euTui60gFLZIxFm13NNTa/TtP+x9PTHi4DHyrg==");
  EXPECT_NE(Signed(SignatureMethod::kHmacSha1, "bs", "cs", ""), Signed(SignatureMethod::kHmacSha1, "bs", "", "cs"));
  EXPECT_EQ(Signed(SignatureMethod::kHmacSha1, "bs", "", "").size(), 28U);
}

TEST(SignatureTest, EncodesTheSecretsBeforeItJoinsThem) {
  const auto signature = [](absl::string_view consumer_secret, absl::string_view token_secret) {
    return Signed(SignatureMethod::kHmacSha1, "bs", consumer_secret, token_secret);
  };
  EXPECT_NE(signature("a&b", ""), signature("a", "b"));
  EXPECT_NE(signature("a%26b", "c"), signature("a&b", "c"));
  EXPECT_EQ(signature("k/=", "t +"), "BFLcSSvOJIOjNNrdq96RmmHS/fU=");
}

TEST(SignatureTest, PlaintextIsTheJoinedSecrets) {
  EXPECT_EQ(Signed(SignatureMethod::kPlaintext, "", "djr9rjt0jd78jf88", "jjd999tj88uiths3"),
            "djr9rjt0jd78jf88&jjd999tj88uiths3");  // OAuth Core 1.0, section 9.4.1
  EXPECT_EQ(Signed(SignatureMethod::kPlaintext, "of no account", "djr9rjt0jd78jf88", "jjd99$tj88uiths3"),
            "djr9rjt0jd78jf88&jjd99%24tj88uiths3");
  EXPECT_EQ(Signed(SignatureMethod::kPlaintext, "", "djr9rjt0jd78jf88", ""), "djr9rjt0jd78jf88&");
  EXPECT_EQ(Signed(SignatureMethod::kPlaintext, "", "", ""), "&");
}

TEST(SignatureTest, AnRsaSignatureIsVerifiedWithThePublicKey) {
  const std::vector<std::pair<SignatureMethod, const char*>> methods = {{SignatureMethod::kRsaSha1, "SHA1"},
                                                                        {SignatureMethod::kRsaSha256, "SHA256"},
                                                                        {SignatureMethod::kRsaSha512, "SHA512"}};
  for (const auto& [method, digest] : methods) {
    const std::string signature = Signed(method, "bs", "of no account", "either");
    std::string bytes;
    ASSERT_TRUE(absl::Base64Unescape(signature, &bytes)) << signature;
    EXPECT_TRUE(Verifies(TestRsaKey()->PublicKeyPem(), digest, "bs", bytes)) << digest;
    EXPECT_FALSE(Verifies(TestRsaKey()->PublicKeyPem(), digest, "b", bytes)) << digest;
    EXPECT_EQ(Signed(method, "bs", "", ""), signature) << "the secrets are not used, and there is no chance in it";
  }
}

TEST(SignatureTest, AnEmptyTextAndALongSecretAreSigned) {
  EXPECT_EQ(Signed(SignatureMethod::kHmacSha1, "", "cs", "").size(), 28U);
  EXPECT_EQ(Signed(SignatureMethod::kHmacSha512, "bs", std::string(5000, '\xFF'), std::string(5000, '&')).size(), 88U);
}

TEST(SigningKeyTest, SignsAsOftenAsItIsAskedTo) {
  for (const SignatureMethod method : kMethods) {
    ASSERT_OK_AND_ASSIGN(SigningKey key, SigningKey::Create(method, Secret("cs"), Secret("ts"), TestRsaKey()));
    EXPECT_EQ(key.method(), method);
    std::string first;
    std::string other;
    std::string again;
    ASSERT_THAT(key.Sign("one", first), IsOk());
    ASSERT_THAT(key.Sign("two", other), IsOk());
    ASSERT_THAT(key.Sign("one", again), IsOk());
    EXPECT_EQ(first, again) << SignatureMethodName(method);
    EXPECT_EQ(first, Signed(method, "one", "cs", "ts")) << SignatureMethodName(method);
    EXPECT_EQ(first != other, method != SignatureMethod::kPlaintext) << SignatureMethodName(method);
  }
}

TEST(SigningKeyTest, MovesWithAllItHas) {
  for (const SignatureMethod method : kMethods) {
    ASSERT_OK_AND_ASSIGN(SigningKey key, SigningKey::Create(method, Secret("cs"), Secret(), TestRsaKey()));
    SigningKey moved = std::move(key);
    ASSERT_OK_AND_ASSIGN(SigningKey target, SigningKey::Create(kMethods[0], Secret("x"), Secret(), nullptr));
    target = std::move(moved);
    std::string signature;
    ASSERT_THAT(target.Sign("bs", signature), IsOk());
    EXPECT_EQ(signature, Signed(method, "bs", "cs", "")) << SignatureMethodName(method);
  }
}

TEST(SigningKeyTest, RsaNeedsAKey) {
  for (const SignatureMethod method : kMethods) {
    EXPECT_EQ(SigningKey::Create(method, Secret("cs"), Secret(), nullptr).ok(), !IsRsa(method))
        << SignatureMethodName(method);
  }
}

TEST(SignatureMethodTest, IsSpelledAsInTheRfc) {
  const std::array<const char*, 7> names = {"HMAC-SHA1",  "HMAC-SHA256", "HMAC-SHA512", "RSA-SHA1",
                                            "RSA-SHA256", "RSA-SHA512",  "PLAINTEXT"};
  for (size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(SignatureMethodName(kMethods[i]), names[i]);
    EXPECT_THAT(ParseSignatureMethod(names[i]), IsOkAnd(kMethods[i]));
    EXPECT_EQ(IsRsa(kMethods[i]), names[i][0] == 'R');
  }
  for (const char* name : {"", "hmac-sha1", "HMAC_SHA1", "HMAC-SHA1 ", "MD5", "HMAC-SHA384", "Plaintext"}) {
    const absl::Status status = ParseSignatureMethod(name).status();
    EXPECT_THAT(status, HasCode(absl::StatusCode::kInvalidArgument)) << name;
    for (const char* known : names) EXPECT_THAT(std::string(status.message()), HasSubstr(known));
  }
}

}  // namespace
}  // namespace oauth1d::oauth1
