#include "server/oauth1/encoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/oauth1/pairs.h"

namespace oauth1d::oauth1 {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

std::string OneByte(int byte) { return std::string(1, static_cast<char>(byte)); }

TEST(PercentEncodingTest, KeepsTheUnreservedAndEncodesEveryOtherByte) {
  constexpr absl::string_view kUnreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text = OneByte(byte);
    const bool stays = kUnreserved.find(text) != absl::string_view::npos;
    EXPECT_EQ(PercentEncode(text), stays ? text : absl::StrFormat("%%%02X", byte)) << byte;
  }
}

// Long plain stretches take another way than single bytes.
TEST(PercentEncodingTest, EncodesEachByteWhereverItStands) {
  for (const size_t size : {15, 16, 17, 31, 32, 33, 50}) {
    for (size_t place = 0; place < size; ++place) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, "aZ09-._~"[place % 8]);
        text[place] = static_cast<char>(byte);
        const std::string before = text.substr(0, place);
        const std::string behind = text.substr(place + 1);
        ASSERT_EQ(PercentEncode(text), absl::StrCat(before, PercentEncode(OneByte(byte)), behind)) << size << byte;
        ASSERT_EQ(EncodeForm({{text, text}}), absl::StrCat(PercentEncode(text), "=", PercentEncode(text)));
      }
    }
  }
}

TEST(PercentEncodingTest, EncodesTextByteByByte) {
  EXPECT_EQ(PercentEncode(""), "");
  EXPECT_EQ(PercentEncode("Ladies + Gentlemen"), "Ladies%20%2B%20Gentlemen");
  EXPECT_EQ(PercentEncode("An encoded string!"), "An%20encoded%20string%21");
  EXPECT_EQ(PercentEncode("Dogs, Cats & Mice"), "Dogs%2C%20Cats%20%26%20Mice");
  EXPECT_EQ(PercentEncode("\xE2\x98\x83"), "%E2%98%83");
  EXPECT_EQ(PercentEncode("%41"), "%2541");
  EXPECT_EQ(PercentEncode("*'()"), "%2A%27%28%29");
}

TEST(PercentEncodingTest, AppendsToWhatIsThere) {
  std::string text = "a=";
  AppendPercentEncoded("b c", text);
  EXPECT_EQ(text, "a=b%20c");
}

TEST(PercentEncodingTest, EveryByteDecodesInUpperAndLowerCase) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string upper = absl::StrFormat("%%%02X", byte);
    EXPECT_EQ(PercentDecode(upper), OneByte(byte)) << upper;
    EXPECT_EQ(PercentDecode(absl::AsciiStrToLower(upper)), OneByte(byte)) << upper;
    EXPECT_EQ(PercentDecode(PercentEncode(OneByte(byte))), OneByte(byte)) << upper;
  }
}

TEST(PercentEncodingTest, WhatIsNoEscapeStaysAsItIs) {
  for (const char* text : {"", "%", "%4", "%zz", "%4g", "%g4", "100%", "100% sure", "%%", "a%", "%u0041", "+", "a+b"}) {
    EXPECT_EQ(PercentDecode(text), text);
  }
  EXPECT_EQ(PercentDecode("%%41"), "%A");
  EXPECT_EQ(PercentDecode("%4%41"), "%4A");
  EXPECT_EQ(PercentDecode("%2541"), "%41") << "decoded once";
}

TEST(FormTest, KeepsOrderAndRepeats) {
  EXPECT_THAT(Pairs(ParseForm("b=2&a=1&b=2&b=1")),
              ElementsAre(Pair("b", "2"), Pair("a", "1"), Pair("b", "2"), Pair("b", "1")));
}

TEST(FormTest, ReadsWhatRealQueriesHold) {
  struct Case {
    const char* text;
    TextPairs pairs;
  };
  const std::vector<Case> cases = {
      {"", {}},
      {"&", {}},
      {"&&&", {}},
      {"a", {{"a", ""}}},
      {"a=", {{"a", ""}}},
      {"=", {{"", ""}}},
      {"=b", {{"", "b"}}},
      {"&a=1&&b=2&", {{"a", "1"}, {"b", "2"}}},
      {"a=b=c", {{"a", "b=c"}}},
      {"a==", {{"a", "="}}},
      {"a+b=c+d", {{"a b", "c d"}}},
      {"a%2Bb=c%2Bd", {{"a+b", "c+d"}}},
      {"a%20b=c%26d%3De", {{"a b", "c&d=e"}}},
      {"a[b]=1&a[b]=2&a[]=3", {{"a[b]", "1"}, {"a[b]", "2"}, {"a[]", "3"}}},
      {"a%5Bb%5D=1", {{"a[b]", "1"}}},
      {"a=100%&b=%zz&c=%4", {{"a", "100%"}, {"b", "%zz"}, {"c", "%4"}}},
      {"a;b=1", {{"a;b", "1"}}},
      {"a=?b", {{"a", "?b"}}},
      {"%6fauth_token=x", {{"oauth_token", "x"}}},
      {"n=%E2%98%83&m=\xE2\x98\x83", {{"n", "\xE2\x98\x83"}, {"m", "\xE2\x98\x83"}}},
      {" a = b ", {{" a ", " b "}}},
  };
  for (const Case& example : cases) EXPECT_EQ(Pairs(ParseForm(example.text)), example.pairs) << example.text;
}

TEST(FormTest, AnEncodedNulAndAnyOtherByteArrive) {
  EXPECT_THAT(Pairs(ParseForm("a=%00b&c=%FF")),
              ElementsAre(Pair("a", std::string("\0b", 2)), Pair("c", std::string("\xFF"))));
}

TEST(FormTest, IsWrittenWithPercentTwentyForASpace) {
  EXPECT_EQ(EncodeForm({}), "");
  EXPECT_EQ(EncodeForm({{"a b", "c+d"}, {"a b", ""}, {"", "x"}}), "a%20b=c%2Bd&a%20b=&=x");
  EXPECT_EQ(EncodeForm({{"", ""}}), "=");
}

TEST(FormTest, WhatWasWrittenIsReadBack) {
  Parameters every_byte;
  for (int byte = 0; byte < 256; ++byte) {
    every_byte.push_back({OneByte(byte), absl::StrCat(OneByte(byte), "=", OneByte(255 - byte))});
  }
  EXPECT_EQ(Pairs(ParseForm(EncodeForm(every_byte))), Pairs(every_byte));
}

TEST(ControlCharacterTest, AreTheBytesBelowSpaceAndDelete) {
  for (int byte = 0; byte < 256; ++byte) {
    EXPECT_EQ(HasControlCharacters(absl::StrCat("a", OneByte(byte), "b")), byte < 0x20 || byte == 0x7F) << byte;
  }
  EXPECT_FALSE(HasControlCharacters(""));
}

}  // namespace
}  // namespace oauth1d::oauth1
