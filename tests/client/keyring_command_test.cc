#include "client/cli/keyring_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "absl/strings/escaping.h"
#include "client/cli/report.h"
#include "server/sealing/keyring.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

struct Printed {
  int status;
  std::string out;
  std::string error;
};

Printed New(const std::string& id) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  Printed printed;
  printed.status = NewKeyring(id);
  printed.out = ::testing::internal::GetCapturedStdout();
  printed.error = ::testing::internal::GetCapturedStderr();
  return printed;
}

TEST(KeyringCommandTest, PrintsAKeyringThatLoads) {
  for (const std::string& id : std::vector<std::string>{"", "2026-11", std::string(64, 'x')}) {
    const auto [status, text, error] = New(id);
    ASSERT_EQ(status, 0) << error;
    const YAML::Node keys = YAML::Load(text)["keys"];
    ASSERT_EQ(keys.size(), 1U) << text;
    ASSERT_EQ(keys[0].size(), 4U) << text;
    EXPECT_THAT(keys[0]["created"].as<std::string>(), MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}"));
    EXPECT_EQ(keys[0]["state"].as<std::string>(), "active");
    const std::string name = keys[0]["id"].as<std::string>();
    if (id.empty()) {
      EXPECT_THAT(name, MatchesRegex("k[0-9a-f]{8}"));
    } else {
      EXPECT_EQ(name, id);
    }
    std::string key;
    ASSERT_TRUE(absl::Base64Unescape(keys[0]["key"].as<std::string>(), &key)) << text;
    EXPECT_EQ(key.size(), 32U);
    EXPECT_THAT(sealing::Keyring::Create({{name, sealing::KeyState::kActive, Secret(key)}}), IsOk());
  }
}

TEST(KeyringCommandTest, EveryKeyIsAnother) {
  EXPECT_NE(New("k1").out, New("k1").out);
  EXPECT_NE(New("").out, New("").out);
}

TEST(KeyringCommandTest, AnIdThatBreaksTheKeyringIsRefused) {
  for (const std::string& id : std::vector<std::string>{"a b", "a,b", "a}", "a\nb", "\xC3\xA9", std::string(65, 'x')}) {
    const auto [status, text, error] = New(id);
    EXPECT_EQ(status, kUsage) << id;
    EXPECT_EQ(text, "") << id;
    EXPECT_THAT(error, HasSubstr("--id")) << id;
  }
}

}  // namespace
}  // namespace oauth1d::cli
