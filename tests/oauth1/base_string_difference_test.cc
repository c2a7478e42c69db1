#include "server/oauth1/base_string_difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::oauth1 {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kOurs[] =
    "POST&https%3A%2F%2Fapi.example.com%2F1%2Fupdate.json&include%3Dtrue%26oauth_nonce%3Dn%26status%3Da%2520b%252Bc";

// What is said of ours with this text in it replaced.
std::string Said(absl::string_view from, absl::string_view to) {
  const std::string theirs = absl::StrReplaceAll(kOurs, {{from, to}});
  EXPECT_NE(theirs, kOurs) << from;
  const std::optional<BaseStringDifference> difference = CompareBaseStrings(kOurs, theirs);
  EXPECT_TRUE(difference.has_value());
  return difference.has_value() ? difference->description : "";
}

// The columns of a line; each of its characters takes one.
size_t Columns(absl::string_view line) {
  size_t columns = 0;
  for (const char c : line) columns += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return columns;
}

TEST(BaseStringDifferenceTest, EqualOnesHaveNone) {
  for (const std::string& theirs :
       std::vector<std::string>{kOurs, absl::StrCat(" \r\n", kOurs, "\n"), PercentEncode(kOurs),
                                absl::StrReplaceAll(kOurs, {{"&", "&amp;"}})}) {
    EXPECT_EQ(CompareBaseStrings(kOurs, theirs), std::nullopt) << theirs;
  }
}

TEST(BaseStringDifferenceTest, ShowsTwoAlignedLinesAndACaret) {
  const auto difference = CompareBaseStrings(kOurs, absl::StrReplaceAll(kOurs, {{"%252Bc", "%2520c"}}));
  ASSERT_TRUE(difference.has_value());
  EXPECT_EQ(difference->offset, 108U);
  EXPECT_EQ(difference->ours, "…th_nonce%3Dn%26status%3Da%2520b%252Bc");
  EXPECT_EQ(difference->theirs, "…th_nonce%3Dn%26status%3Da%2520b%2520c");
  EXPECT_EQ(difference->caret, "                                    ^");
}

TEST(BaseStringDifferenceTest, AShortOneIsShownWhole) {
  const auto difference = CompareBaseStrings("GET&http%3A%2F%2Fh%2F&", "PUT&http%3A%2F%2Fh%2F&");
  ASSERT_TRUE(difference.has_value());
  EXPECT_EQ(difference->offset, 0U);
  EXPECT_EQ(difference->ours, "GET&http%3A%2F%2Fh%2F&");
  EXPECT_EQ(difference->theirs, "PUT&http%3A%2F%2Fh%2F&");
  EXPECT_EQ(difference->caret, "^");
}

TEST(BaseStringDifferenceTest, WhereOneEndsTheCaretStandsBehindIt) {
  const auto difference = CompareBaseStrings("GET&http%3A%2F%2Fh%2F&a%3Db", "GET&http%3A%2F%2Fh%2F&a%3D");
  ASSERT_TRUE(difference.has_value());
  EXPECT_EQ(difference->theirs, "GET&http%3A%2F%2Fh%2F&a%3D");
  EXPECT_EQ(difference->caret, std::string(26, ' ') + "^");
}

TEST(BaseStringDifferenceTest, AWindowIsAtMost72ColumnsWide) {
  for (const size_t before : {0, 1, 30, 34, 35, 36, 37, 1000}) {
    for (const size_t behind : {0, 1, 33, 34, 35, 36, 37, 38, 70, 71, 72, 73, 1000}) {
      const std::string ours = absl::StrCat(std::string(before, 'x'), "1", std::string(behind, 'y'));
      const std::string theirs = absl::StrCat(std::string(before, 'x'), "2", std::string(behind, 'y'));
      const auto difference = CompareBaseStrings(ours, theirs);
      ASSERT_TRUE(difference.has_value());
      EXPECT_LE(Columns(difference->ours), 72U);
      EXPECT_LE(difference->caret.size(), 37U);
      EXPECT_EQ(Columns(difference->ours), Columns(difference->theirs));
      const std::string lead = difference->ours.substr(0, difference->ours.find('1'));
      EXPECT_EQ(Columns(lead), difference->caret.size() - 1) << difference->ours;
    }
  }
}

TEST(BaseStringDifferenceTest, BytesThatDoNotPrintTakeFourColumns) {
  const auto difference = CompareBaseStrings("a\xC3\xA9\x1B\\1", "a\xC3\xA9\x1B\\\n2");
  ASSERT_TRUE(difference.has_value());
  EXPECT_EQ(difference->ours, "a\\xc3\\xa9\\x1b\\x5c1");
  EXPECT_EQ(difference->theirs, "a\\xc3\\xa9\\x1b\\x5c\\x0a2");
  EXPECT_EQ(difference->caret, std::string(17, ' ') + "^");
}

TEST(BaseStringDifferenceTest, NamesTheMethod) {
  EXPECT_EQ(Said("POST", "GET"), "the method: ours is \"POST\", theirs is \"GET\"");
  EXPECT_THAT(Said("POST", "post"), HasSubstr("upper case"));
}

TEST(BaseStringDifferenceTest, NamesThePartOfTheUrlAndTheUsualMistake) {
  EXPECT_THAT(Said("https", "http"),
              AllOf(HasSubstr("scheme: ours is \"https\", theirs is \"http\""), HasSubstr("proxy")));
  EXPECT_EQ(Said("api.", "www."), "the URL's host: ours is \"api.example.com\", theirs is \"www.example.com\"");
  EXPECT_THAT(Said("api.", "API."), AllOf(HasSubstr("host"), HasSubstr("lower case")));
  EXPECT_EQ(Said(".com%2F", ".com%3A443%2F"),
            "the URL's port: ours is none, theirs is \"443\"; the scheme's own port is left out of a base string");
  EXPECT_EQ(Said(".com%2F", ".com%3A8443%2F"), "the URL's port: ours is none, theirs is \"8443\"");
  EXPECT_EQ(Said("%2F1%2F", "%2F2%2F"), "the URL's path: ours is \"/1/update.json\", theirs is \"/2/update.json\"");
  EXPECT_THAT(Said(".json&", ".json%2F&"), HasSubstr("slash"));
  EXPECT_THAT(Said(".json&", ".json%3Finclude%3Dtrue&"), HasSubstr("query"));
  EXPECT_THAT(Said("%3A%2F%2F", "://"), HasSubstr("not percent-encoded"));
  EXPECT_THAT(Said("https%3A%2F%2Fapi.example.com%2F1%2Fupdate.json",
                   "https%253A%252F%252Fapi.example.com%252F1%252Fupdate.json"),
              HasSubstr("once more"));
  EXPECT_THAT(Said("%2F1%2F", "%2f1%2F"), HasSubstr("encoded differently"));
  EXPECT_THAT(Said("https%3A%2F%2Fapi.example.com%2F", "%2F"), HasSubstr("scheme: ours is \"https\", theirs is \"\""));
}

TEST(BaseStringDifferenceTest, NamesTheParameter) {
  EXPECT_EQ(Said("Dtrue", "Dfalse"), "the value of the parameter \"include\": ours is \"true\", theirs is \"false\"");
  EXPECT_EQ(Said("include%3Dtrue%26", ""), "the parameter \"include\" with the value \"true\" is missing in theirs");
  EXPECT_EQ(Said("%26status%3Da%2520b%252Bc", ""),
            "the parameter \"status\" with the value \"a b+c\" is missing in theirs");
  EXPECT_EQ(Said("%26oauth_nonce", "%26m%3D%26oauth_nonce"),
            "the parameter \"m\" with the value \"\" is missing in ours");
  EXPECT_EQ(Said("include%3Dtrue", "include%3Dtrue%26include%3Dtrue"),
            "the parameter \"include\" with the value \"true\" is missing in ours");
  EXPECT_THAT(Said("%26status", "%26oauth_signature%3Dx%26status"), HasSubstr("never signed"));
  EXPECT_THAT(Said("%26status", "%26realm%3DR%26status"), HasSubstr("realm of the header is never signed"));
}

TEST(BaseStringDifferenceTest, NamesTheOrder) {
  EXPECT_THAT(Said("include%3Dtrue%26oauth_nonce%3Dn", "oauth_nonce%3Dn%26include%3Dtrue"),
              AllOf(HasSubstr("order"), HasSubstr("ours has \"include\", theirs has \"oauth_nonce\"")));
  EXPECT_THAT(Said("include%3Dtrue%26oauth_nonce%3Dn", "oauth_nonce%3Dm%26include%3Dtrue"),
              HasSubstr("the value of the parameter \"oauth_nonce\""))
      << "what differs in more than its place is told first";
}

TEST(BaseStringDifferenceTest, KnowsTheUsualMistakesOfEncoding) {
  EXPECT_THAT(Said("a%2520b%252Bc", "a%252520b%25252Bc"), HasSubstr("theirs is percent-encoded once more"));
  EXPECT_THAT(Said("a%2520b%252Bc", "a%20b%2Bc"), HasSubstr("ours is percent-encoded once more"));
  EXPECT_THAT(Said("%2520b", "%252Bb"), HasSubstr("a + is %2B"));
  EXPECT_THAT(Said("%252Bc", "%252bc"), HasSubstr("%XX is in upper case"));
  EXPECT_THAT(Said("include", "%2569nclude"), HasSubstr("the name of a parameter"));
  EXPECT_THAT(Said("%26", "&"), HasSubstr("not percent-encoded as a whole"));
}

TEST(BaseStringDifferenceTest, SaysWhatWasReadBackFirst) {
  const std::string other = absl::StrReplaceAll(kOurs, {{"true", "false"}});
  const auto encoded = CompareBaseStrings(kOurs, PercentEncode(other));
  ASSERT_TRUE(encoded.has_value());
  EXPECT_THAT(encoded->description,
              AllOf(HasSubstr("percent-encoded once more"), HasSubstr("the value of the parameter \"include\"")));
  EXPECT_EQ(encoded->offset, absl::string_view(kOurs).find("true"));
  const auto escaped = CompareBaseStrings(kOurs, absl::StrReplaceAll(other, {{"&", "&amp;"}}));
  ASSERT_TRUE(escaped.has_value());
  EXPECT_THAT(escaped->description, AllOf(HasSubstr("&amp;"), HasSubstr("\"include\"")));
}

TEST(BaseStringDifferenceTest, WhatIsNoBaseStringIsSaidToBeNone) {
  for (const char* theirs : {"", "x", "POST&", "POST&https%3A%2F%2Fh", "{\"error\":\"invalid\"}"}) {
    const auto difference = CompareBaseStrings(kOurs, theirs);
    ASSERT_TRUE(difference.has_value()) << theirs;
    EXPECT_THAT(difference->description, HasSubstr("theirs is no base string")) << theirs;
  }
}

TEST(BaseStringDifferenceTest, WhatIsSaidIsPrintable) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    for (const char* place : {"POST", "https", "api", "include", "true", "b%252Bc", "&"}) {
      const std::string theirs = absl::StrReplaceAll(kOurs, {{place, text}});
      const auto difference = CompareBaseStrings(kOurs, theirs);
      if (theirs == kOurs) continue;
      ASSERT_TRUE(difference.has_value()) << theirs;
      for (const std::string& line :
           {difference->description, difference->ours, difference->theirs, difference->caret}) {
        for (const char c : absl::StrReplaceAll(line, {{"…", ""}})) EXPECT_TRUE(c >= 0x20 && c < 0x7F) << byte;
      }
    }
  }
}

TEST(BaseStringDifferenceTest, HugeOnesTakeNoTime) {
  std::string many = "GET&http%3A%2F%2Fh%2F&";
  for (int i = 0; i < 10'000; ++i) absl::StrAppend(&many, i > 0 ? "%26" : "", "a%3D", i % 7);
  const std::string long_value = absl::StrCat("GET&http%3A%2F%2Fh%2F&a%3D", std::string(65536, '%'));
  const absl::Time begin = absl::Now();
  for (const std::string& ours : {many, long_value}) {
    for (const std::string& theirs : {many + "%26b%3D", long_value + "x", std::string(65536, '&'),
                                      absl::StrReplaceAll(ours, {{"%", "%25"}}), std::string(65536, '\xFF')}) {
      EXPECT_TRUE(CompareBaseStrings(ours, theirs).has_value());
    }
  }
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
}

}  // namespace
}  // namespace oauth1d::oauth1
