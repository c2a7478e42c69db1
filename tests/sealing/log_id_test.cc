#include "server/sealing/log_id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "tests/sealing/keyrings.h"

namespace oauth1d::sealing {
namespace {

using ::testing::MatchesRegex;

TEST(LogIdTest, IsTheSameOnEveryReplica) {
  const Keyring here = OneKey();
  const Keyring there = OneKey();
  const std::vector<Keyring> copies(2, here);
  EXPECT_EQ(LogId(here, "state"), LogId(there, "state"));
  EXPECT_EQ(LogId(here, "state"), LogId(copies[1], "state"));
  const Keyring more = MakeKeyring({{"k0", KeyState::kRetired, Secret()},
                                    {"k1", KeyState::kActive, KeyOf('1')},
                                    {"k2", KeyState::kDecrypt, KeyOf('2')}});
  EXPECT_EQ(LogId(here, "state"), LogId(more, "state")) << "a key that was added as decrypt changes nothing";
}

TEST(LogIdTest, IsSixteenHexDigits) {
  const Keyring keyring = OneKey();
  for (const std::string& text :
       std::vector<std::string>{"", "state", std::string("\0\xFF", 2), std::string(9000, 's')}) {
    EXPECT_THAT(LogId(keyring, text), MatchesRegex("[0-9a-f]{16}"));
  }
  EXPECT_THAT(LogId(keyring, absl::string_view()), MatchesRegex("[0-9a-f]{16}"));
}

TEST(LogIdTest, OtherTextsAndOtherKeysHaveOtherIds) {
  const Keyring keyring = OneKey();
  std::set<std::string> ids;
  for (int i = 0; i < 10'000; ++i) ids.insert(LogId(keyring, absl::StrCat("state ", i)));
  EXPECT_EQ(ids.size(), 10'000U);
  const Keyring other = MakeKeyring({{"k1", KeyState::kActive, KeyOf('2')}});
  EXPECT_NE(LogId(keyring, "state"), LogId(other, "state"));
}

}  // namespace
}  // namespace oauth1d::sealing
