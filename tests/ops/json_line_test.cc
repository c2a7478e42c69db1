#include "server/ops/json_line.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"

namespace oauth1d::ops {
namespace {

using nlohmann::json;

// What a reader of the line gets, who must find one object on one line.
json Read(JsonLine line) {
  const std::string text = std::move(line).Done();
  EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; }));
  json object = json::parse(text, nullptr, false);
  EXPECT_TRUE(object.is_object()) << text;
  return object;
}

json ReadText(absl::string_view text) {
  JsonLine line;
  line.Add("text", text);
  return Read(std::move(line))["text"];
}

// The bytes from 0x80 on are read as the characters of the same number.
std::string AsLatin1(absl::string_view bytes) {
  std::string utf8;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      utf8.push_back(c);
    } else {
      utf8.push_back(static_cast<char>(0xC0 | byte >> 6));
      utf8.push_back(static_cast<char>(0x80 | (byte & 0x3F)));
    }
  }
  return utf8;
}

TEST(JsonLineTest, IsOneObject) {
  JsonLine line;
  line.Add("event", "rpc").Add("attempts", int64_t{2}).AddMilliseconds("duration_ms", 1.5);
  EXPECT_EQ(std::move(line).Done(), R"({"event":"rpc","attempts":2,"duration_ms":1.500})");
  EXPECT_EQ(JsonLine().Done(), "{}");
}

TEST(JsonLineTest, EveryByteComesThrough) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    EXPECT_EQ(ReadText(text), AsLatin1(text)) << byte;
    EXPECT_EQ(ReadText(absl::StrCat("a", text, "b", text)), AsLatin1(absl::StrCat("a", text, "b", text))) << byte;
  }
}

TEST(JsonLineTest, EveryPairOfBytesComesThrough) {
  std::string all;
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      all.push_back(static_cast<char>(first));
      all.push_back(static_cast<char>(second));
    }
  }
  EXPECT_EQ(ReadText(all), AsLatin1(all));
}

TEST(JsonLineTest, TextFromOutsideStaysInsideItsField) {
  for (const char* text : {"\r\n{\"level\":\"error\",\"event\":\"forged\"}", "\",\"level\":\"error", "\\", "\\\"",
                           "\\u0022", "\xE2\x80\xA8", "</script>", "\x1B[31m", ""}) {
    JsonLine line;
    line.Add("before", "b").Add("text", text).Add("after", "a");
    const json object = Read(std::move(line));
    EXPECT_EQ(object.size(), 3U) << text;
    EXPECT_EQ(object["text"], AsLatin1(text));
    EXPECT_EQ(object["after"], "a");
  }
}

TEST(JsonLineTest, NumbersAreNumbers) {
  JsonLine line;
  line.Add("zero", int64_t{0})
      .Add("negative", int64_t{-1})
      .Add("least", std::numeric_limits<int64_t>::min())
      .Add("most", std::numeric_limits<int64_t>::max())
      .AddMilliseconds("nothing", 0)
      .AddMilliseconds("rounded", 12.34567)
      .AddMilliseconds("long", 1e15)
      .AddMilliseconds("back", -0.5);
  const json object = Read(std::move(line));
  EXPECT_EQ(object["zero"], 0);
  EXPECT_EQ(object["negative"], -1);
  EXPECT_EQ(object["least"], std::numeric_limits<int64_t>::min());
  EXPECT_EQ(object["most"], std::numeric_limits<int64_t>::max());
  EXPECT_EQ(object["nothing"], 0.0);
  EXPECT_EQ(object["rounded"], 12.346);
  EXPECT_EQ(object["long"], 1e15);
  EXPECT_EQ(object["back"], -0.5);
}

TEST(JsonLineTest, WhatIsNoNumberIsNull) {
  for (const double odd : {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::quiet_NaN()}) {
    JsonLine line;
    line.AddMilliseconds("duration_ms", odd).Add("after", "a");
    const json object = Read(std::move(line));
    EXPECT_TRUE(object["duration_ms"].is_null());
    EXPECT_EQ(object["after"], "a");
  }
}

}  // namespace
}  // namespace oauth1d::ops
