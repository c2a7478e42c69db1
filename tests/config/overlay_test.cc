#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/providers/records.h"
#include "tests/config/config_folder.h"

namespace oauth1d::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::NotNull;
using ::testing::SizeIs;

class OverlayTest : public testing::Test {
 protected:
  // The provider twitter, from the record x and these lines.
  std::shared_ptr<const providers::Provider> Load(const std::string& more) {
    Pieces pieces;
    pieces.more = more;
    const Loaded loaded = folder_.Load(pieces.Text());
    EXPECT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
    return loaded.snapshot == nullptr ? nullptr : loaded.snapshot->providers[0];
  }

  ConfigFolder folder_;
};

TEST_F(OverlayTest, EveryBuiltInRecordLoads) {
  ASSERT_FALSE(providers::BuiltInRecords().empty());
  for (const providers::BuiltInRecord& record : providers::BuiltInRecords()) {
    Pieces pieces;
    pieces.record = "  record: " + std::string(record.name) + "\n";
    const Loaded loaded = folder_.Load(pieces.Text());
    EXPECT_THAT(loaded.snapshot, NotNull()) << record.name << "\n" << ToLines(loaded.mistakes);
  }
}

TEST_F(OverlayTest, TakesWhatTheRecordSays) {
  const auto provider = Load("");
  ASSERT_THAT(provider, NotNull());
  EXPECT_EQ(provider->name, "twitter");
  EXPECT_EQ(provider->title, "X");
  EXPECT_EQ(provider->authorize_url->ToString(), "https://api.x.com/oauth/authenticate");
  EXPECT_THAT(provider->api_bases, SizeIs(3));
  EXPECT_THAT(provider->authorize_parameters, ElementsAre("force_login", "screen_name"));
}

TEST_F(OverlayTest, FieldsOverrideAndListsReplaceAsAWhole) {
  const auto provider = Load(
      "  title: Birds\n  authorize_url: https://api.x.com/oauth/authorize\n"
      "  api_base_urls: [\"https://api.x.com/1.1/\"]\n  authorize_parameters: []\n");
  ASSERT_THAT(provider, NotNull());
  EXPECT_EQ(provider->title, "Birds");
  EXPECT_EQ(provider->authorize_url->ToString(), "https://api.x.com/oauth/authorize");
  EXPECT_EQ(provider->request_token_url->ToString(), "https://api.x.com/oauth/request_token");
  EXPECT_THAT(provider->api_bases, SizeIs(1));
  EXPECT_THAT(provider->authorize_parameters, IsEmpty());
  EXPECT_THAT(provider->request_token_parameters, ElementsAre("x_auth_access_type"));
}

TEST_F(OverlayTest, TheOrderOfTheKeysDoesNotMatter) {
  Pieces pieces;
  pieces.record = "  title: Birds\n  record: x\n";
  const Loaded loaded = folder_.Load(pieces.Text());
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  EXPECT_EQ(loaded.snapshot->providers[0]->title, "Birds");
  EXPECT_EQ(loaded.snapshot->providers[0]->icon_hint, "x");
}

TEST_F(OverlayTest, AnEmptyValueTakesTheRecordsAway) {
  const auto provider =
      Load("  request_token_url: \"\"\n  authorize_url: \"\"\n  access_token_url: \"\"\n  title: \"\"\n");
  ASSERT_THAT(provider, NotNull());
  EXPECT_FALSE(provider->three_legged());
  EXPECT_EQ(provider->title, "twitter");
}

}  // namespace
}  // namespace oauth1d::config
