#include "client/cli/api_key_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/callers/api_keys.h"

namespace oauth1d::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::MatchesRegex;

std::string New() {
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(NewApiKey(), 0);
  return ::testing::internal::GetCapturedStdout();
}

TEST(ApiKeyCommandTest, PrintsAKeyAndTheLineThatKnowsIt) {
  const std::string printed = New();
  const std::vector<std::string> lines = absl::StrSplit(printed, '\n');
  ASSERT_THAT(lines, ElementsAre(MatchesRegex("oa1k_[A-Za-z0-9_-]{43}"),
                                 MatchesRegex(R"(api_key_sha256: \[[0-9a-f]{64}\])"), ""));
  const auto shown = callers::DigestOfShownKey(absl::StrCat("Bearer ", lines[0]));
  ASSERT_TRUE(shown.has_value());
  const std::string digest(shown->begin(), shown->end());
  EXPECT_EQ(lines[1], absl::StrCat("api_key_sha256: [", absl::BytesToHexString(digest), "]"));
}

TEST(ApiKeyCommandTest, EveryKeyIsAnother) { EXPECT_NE(New(), New()); }

}  // namespace
}  // namespace oauth1d::cli
