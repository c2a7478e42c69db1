#include "server/oauth1/authorization_header.h"

#include <gtest/gtest.h>

namespace oauth1d::oauth1 {
namespace {

TEST(AuthorizationHeaderTest, TheRealmComesFirst) {
  EXPECT_EQ(AuthorizationHeader("Photos", {{"oauth_consumer_key", "k"}, {"oauth_nonce", "n"}}),
            "OAuth realm=\"Photos\", oauth_consumer_key=\"k\", oauth_nonce=\"n\"");
}

TEST(AuthorizationHeaderTest, WithoutARealmThereIsNone) {
  EXPECT_EQ(AuthorizationHeader("", {{"oauth_consumer_key", "k"}}), "OAuth oauth_consumer_key=\"k\"");
  EXPECT_EQ(AuthorizationHeader("", {}), "OAuth ");
  EXPECT_EQ(AuthorizationHeader("R", {}), "OAuth realm=\"R\"");
}

TEST(AuthorizationHeaderTest, TheRealmIsQuotedAndNotEncoded) {
  EXPECT_EQ(AuthorizationHeader("Schoology API", {}), "OAuth realm=\"Schoology API\"");
  EXPECT_EQ(AuthorizationHeader("https://h/a?b=c", {}), "OAuth realm=\"https://h/a?b=c\"");
  EXPECT_EQ(AuthorizationHeader("a\"b\\c", {}), "OAuth realm=\"a\\\"b\\\\c\"");
  EXPECT_EQ(AuthorizationHeader("\\\"", {}), "OAuth realm=\"\\\\\\\"\"");
}

TEST(AuthorizationHeaderTest, NamesAndValuesAreEncoded) {
  EXPECT_EQ(AuthorizationHeader("", {{"a b", "c\"d"}, {"oauth_signature", "r6/TJ+="}}),
            "OAuth a%20b=\"c%22d\", oauth_signature=\"r6%2FTJ%2B%3D\"");
  EXPECT_EQ(AuthorizationHeader("", {{"oauth_token", ""}}), "OAuth oauth_token=\"\"");
  EXPECT_EQ(AuthorizationHeader("", {{"a", "x\r\nEvil: y"}}), "OAuth a=\"x%0D%0AEvil%3A%20y\"");
}

TEST(AuthorizationHeaderTest, NoByteOfAValueBreaksTheHeader) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string value(1, static_cast<char>(byte));
    const std::string header = AuthorizationHeader("", {{value, value}});
    for (const char c : header) EXPECT_TRUE(c >= 0x20 && c < 0x7F) << byte;
    EXPECT_EQ(header.find('"'), header.find('=') + 1) << byte;
    EXPECT_EQ(header.find('"', header.find('"') + 1), header.size() - 1) << byte;
  }
}

TEST(AuthorizationHeaderTest, KeepsOrderAndRepeats) {
  EXPECT_EQ(AuthorizationHeader("", {{"b", "1"}, {"a", "2"}, {"b", "1"}}), "OAuth b=\"1\", a=\"2\", b=\"1\"");
}

}  // namespace
}  // namespace oauth1d::oauth1
