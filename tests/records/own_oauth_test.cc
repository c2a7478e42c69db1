// The other side's OAuth must be right itself: known answers, from documents.
#include "tests/records/own_oauth.h"

#include <gtest/gtest.h>

#include "tests/config/rsa_keys.h"

namespace oauth1d::records {
namespace {

// RFC 5849 section 1.2.
TEST(OwnOauthTest, SignsTheExampleOfTheRfc) {
  const Pairs parameters = {{"file", "vacation.jpg"},
                            {"size", "original"},
                            {"oauth_consumer_key", "dpf43f3p2l4k3l03"},
                            {"oauth_token", "nnch734d00sl2jdk"},
                            {"oauth_signature_method", "HMAC-SHA1"},
                            {"oauth_timestamp", "137131202"},
                            {"oauth_nonce", "chapoH"}};
  const std::string base = BaseString("GET", "http://photos.example.net/photos", parameters);
  const Keys keys{"kd94hf93k423kf44", "pfkkdhi9sl3r4s00", ""};
  EXPECT_TRUE(SignatureHolds("HMAC-SHA1", base, "MdpQcU8iPSUjWoN/UDMsK2sui9I=", keys));
  EXPECT_FALSE(SignatureHolds("HMAC-SHA256", base, "MdpQcU8iPSUjWoN/UDMsK2sui9I=", keys));
  EXPECT_FALSE(SignatureHolds("HMAC-SHA1", base + " ", "MdpQcU8iPSUjWoN/UDMsK2sui9I=", keys));
  EXPECT_FALSE(SignatureHolds("HMAC-SHA1", base, "", keys));
}

// RFC 5849 section 3.4.1.1, with erratum 2550's key.
TEST(OwnOauthTest, BuildsTheBaseStringOfTheRfc) {
  Pairs parameters = ReadForm("b5=%3D%253D&a3=a&c%40=&a2=r%20b");
  const Pairs form = ReadForm("c2&a3=2+q");
  parameters.insert(parameters.end(), form.begin(), form.end());
  const Pairs protocol = {{"oauth_consumer_key", "9djdj82h48djs9d2"},
                          {"oauth_token", "kkk9d7dh3k39sjv7"},
                          {"oauth_signature_method", "HMAC-SHA1"},
                          {"oauth_timestamp", "137131201"},
                          {"oauth_nonce", "7d8f3e4a"}};
  parameters.insert(parameters.end(), protocol.begin(), protocol.end());
  const std::string base = BaseString("post", "http://example.com/request", parameters);
  EXPECT_EQ(
      base,
      "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D"
      "%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1"
      "%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7");
  EXPECT_TRUE(
      SignatureHolds("HMAC-SHA1", base, "r6/TJjbCOr97/+UU0NsvSne7s5g=", Keys{"j49sk3j29djd", "dh893hdasih9", ""}));
}

TEST(OwnOauthTest, PlaintextIsTheSecretsThemselves) {
  EXPECT_TRUE(SignatureHolds("PLAINTEXT", "", "a%26b&c%20d", Keys{"a&b", "c d", ""}));
  EXPECT_FALSE(SignatureHolds("PLAINTEXT", "", "a&b&c d", Keys{"a&b", "c d", ""}));
}

TEST(OwnOauthTest, RefusesWhatNoKeySigned) {
  EXPECT_FALSE(SignatureHolds("RSA-SHA256", "text", "AAAA", Keys{"", "", config::RsaPublicKeyPem()}));
  EXPECT_FALSE(SignatureHolds("RSA-SHA256", "text", "AAAA", Keys{"", "", "no key"}));
  EXPECT_FALSE(SignatureHolds("RSA", "text", "AAAA", Keys{"", "", config::RsaPublicKeyPem()}));
  EXPECT_FALSE(SignatureHolds("", "text", "", Keys{"", "", ""}));
}

// draft-eaton-oauth-bodyhash-00, and the empty body.
TEST(OwnOauthTest, HashesBodies) {
  EXPECT_EQ(HashOf("SHA1", "Hello World!"), "Lve95gjOVATpfV8EL5X4nxwjKHE=");
  EXPECT_EQ(HashOf("SHA1", ""), "2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
  EXPECT_EQ(HashOf("SHA256", ""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

TEST(OwnOauthTest, ReadsFormsAsServersDo) {
  EXPECT_EQ(ReadForm("a=1&a=&b&&=c&d=%26%3D+%2B&e=%zz"),
            (Pairs{{"a", "1"}, {"a", ""}, {"b", ""}, {"", "c"}, {"d", "&= +"}, {"e", "%zz"}}));
  EXPECT_EQ(WriteForm({{"a b", "&"}, {"c", ""}}), "a%20b=%26&c=");
}

}  // namespace
}  // namespace oauth1d::records
