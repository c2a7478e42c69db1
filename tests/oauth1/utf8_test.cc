#include <gtest/gtest.h>

#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::oauth1 {
namespace {

TEST(Utf8Test, AcceptsWhatRfc3629Allows) {
  const std::vector<std::string> good = {
      "",
      "plain",
      std::string("\0", 1),
      "\x7F",
      "\xC2\x80",
      "\xC3\xA9",
      "\xDF\xBF",
      "\xE0\xA0\x80",
      "\xE2\x82\xAC",
      "\xED\x9F\xBF",
      "\xEE\x80\x80",
      "\xEF\xBF\xBD",
      "\xEF\xBF\xBF",
      "\xF0\x90\x80\x80",
      "\xF0\x9F\x98\x80",
      "\xF4\x8F\xBF\xBF",
      "a\xC3\xA9z\xE2\x82\xAC!\xF0\x9F\x98\x80.",
  };
  for (const std::string& text : good) EXPECT_TRUE(IsUtf8(text)) << absl::CHexEscape(text);
}

TEST(Utf8Test, RefusesEverythingElse) {
  const std::vector<std::string> bad = {
      "\x80",  // a continuation with nothing before it
      "\xBF",
      "\xC0\x80",  // overlong NUL
      "\xC0\xAE",  // overlong '.'
      "\xC1\xBF",
      "\xC2",  // cut
      "\xC2\x41",
      "\xC2\xC2",
      "\xE0\x80\x80",  // overlong
      "\xE0\x9F\xBF",
      "\xE2\x82",  // cut
      "\xE2\x41\xAC",
      "\xE2\x82\x41",
      "\xED\xA0\x80",      // the first surrogate
      "\xED\xBF\xBF",      // the last
      "\xF0\x80\x80\x80",  // overlong
      "\xF0\x8F\xBF\xBF",
      "\xF0\x9F\x98",  // cut
      "\xF0\x9F\x41\x80",
      "\xF0\x9F\x98\x41",
      "\xF4\x90\x80\x80",  // beyond U+10FFFF
      "\xF5\x80\x80\x80",
      "\xF8\x88\x80\x80\x80",
      "\xFE",
      "\xFF",
  };
  for (const std::string& text : bad) {
    EXPECT_FALSE(IsUtf8(text)) << absl::CHexEscape(text);
    EXPECT_FALSE(IsUtf8(absl::StrCat("a", text, "z"))) << absl::CHexEscape(text);
  }
}

// Encoded by arithmetic here, by table there.
TEST(Utf8Test, AcceptsEveryScalarValueAndNoSurrogate) {
  for (uint32_t point = 0; point <= 0x10FFFF; ++point) {
    std::string text;
    if (point < 0x80) {
      text = {static_cast<char>(point)};
    } else if (point < 0x800) {
      text = {static_cast<char>(0xC0 | point >> 6), static_cast<char>(0x80 | (point & 0x3F))};
    } else if (point < 0x10000) {
      text = {static_cast<char>(0xE0 | point >> 12), static_cast<char>(0x80 | (point >> 6 & 0x3F)),
              static_cast<char>(0x80 | (point & 0x3F))};
    } else {
      text = {static_cast<char>(0xF0 | point >> 18), static_cast<char>(0x80 | (point >> 12 & 0x3F)),
              static_cast<char>(0x80 | (point >> 6 & 0x3F)), static_cast<char>(0x80 | (point & 0x3F))};
    }
    ASSERT_EQ(IsUtf8(text), point < 0xD800 || point > 0xDFFF) << point;
  }
}

}  // namespace
}  // namespace oauth1d::oauth1
