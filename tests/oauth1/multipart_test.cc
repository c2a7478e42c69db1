#include "server/oauth1/multipart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace oauth1d::oauth1 {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(MultipartTest, LooksAsABrowserSendsIt) {
  const std::vector<Part> parts = {{"status", "", "", "Hello \xC3\xA9"},
                                   {"media", "a.png", "image/png", std::string("\x89PNG\r\n\0\xFF", 8)},
                                   {"raw", "b.bin", "", ""},
                                   {"json", "", "application/json", "{}"}};
  EXPECT_EQ(EncodeMultipart(parts, "B0undary"), std::string("--B0undary\r\n"
                                                            "Content-Disposition: form-data; name=\"status\"\r\n"
                                                            "\r\n"
                                                            "Hello \xC3\xA9\r\n"
                                                            "--B0undary\r\n"
                                                            "Content-Disposition: form-data; name=\"media\"; "
                                                            "filename=\"a.png\"\r\n"
                                                            "Content-Type: image/png\r\n"
                                                            "\r\n"
                                                            "\x89PNG\r\n") +
                                                    std::string("\0\xFF\r\n", 4) +
                                                    "--B0undary\r\n"
                                                    "Content-Disposition: form-data; name=\"raw\"; "
                                                    "filename=\"b.bin\"\r\n"
                                                    "Content-Type: application/octet-stream\r\n"
                                                    "\r\n"
                                                    "\r\n"
                                                    "--B0undary\r\n"
                                                    "Content-Disposition: form-data; name=\"json\"\r\n"
                                                    "Content-Type: application/json\r\n"
                                                    "\r\n"
                                                    "{}\r\n"
                                                    "--B0undary--\r\n");
  EXPECT_EQ(MultipartContentType("B0undary"), "multipart/form-data; boundary=B0undary");
}

TEST(MultipartTest, WithoutPartsOnlyTheEndIsSent) { EXPECT_EQ(EncodeMultipart({}, "B"), "--B--\r\n"); }

TEST(MultipartTest, AQuoteEndsNoNameAndABackslashEscapesNothing) {
  const std::string body = EncodeMultipart({{"a\"; filename=\"x", "c:\\\"\xE2\x98\x83\".txt", "", "d"}}, "B");
  EXPECT_THAT(body,
              HasSubstr("; name=\"a%22; filename=%22x\"; filename=\"c:\\%22\xE2\x98\x83%22.txt\"\r\nContent-Type: "));
}

TEST(MultipartTest, NoPartSmugglesAHeader) {
  for (const std::string& breaker : std::vector<std::string>{"\r\n", "\r", "\n", std::string("\0", 1), "\t", "\x7F"}) {
    const std::string text = "a" + breaker + "X: canary";
    struct Case {
      Part part;
      const char* field;
    };
    for (const auto& [part, field] : std::vector<Case>{
             {{text, "", "", ""}, "name"}, {{"n", text, "", ""}, "filename"}, {{"n", "f", text, ""}, "content_type"}}) {
      const absl::Status status = CheckPart(part);
      EXPECT_THAT(status, HasCode(absl::StatusCode::kInvalidArgument)) << field;
      EXPECT_THAT(std::string(status.message()), HasSubstr(field));
      EXPECT_THAT(std::string(status.message()), Not(HasSubstr("canary")));
    }
  }
}

TEST(MultipartTest, APartNeedsAName) {
  EXPECT_THAT(CheckPart({"", "f", "text/plain", "d"}), HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(CheckPart({"n", "", "", ""}), IsOk());
  EXPECT_THAT(CheckPart({"n\"\xC3\xA9", "f\\", "text/plain; charset=utf-8", std::string("\r\n\0", 3)}), IsOk());
}

}  // namespace
}  // namespace oauth1d::oauth1
