#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST_F(OverlayTest, TakesWhatTheRecordSays) {
  const auto provider = Load("");
  ASSERT_THAT(provider, NotNull());
  EXPECT_EQ(provider->name, "twitter");
  EXPECT_EQ(provider->title, "X");
  EXPECT_EQ(provider->endpoints->authorize_url->ToString(), "https://api.x.com/oauth/authenticate");
  EXPECT_THAT(provider->endpoints->api_bases, SizeIs(4));
  EXPECT_THAT(provider->authorize_parameters, ElementsAre("force_login", "screen_name"));
}

TEST_F(OverlayTest, FieldsOverrideAndListsReplaceAsAWhole) {
  const auto provider = Load(
      "  title: Birds\n  authorize_url: https://api.x.com/oauth/authorize\n"
      "  api_base_urls: [\"https://api.x.com/1.1/\"]\n  authorize_parameters: []\n");
  ASSERT_THAT(provider, NotNull());
  EXPECT_EQ(provider->title, "Birds");
  EXPECT_EQ(provider->endpoints->authorize_url->ToString(), "https://api.x.com/oauth/authorize");
  EXPECT_EQ(provider->endpoints->request_token_url->ToString(), "https://api.x.com/oauth/request_token");
  EXPECT_THAT(provider->endpoints->api_bases, SizeIs(1));
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
  const auto provider = Load(
      "  request_token_url: \"\"\n  authorize_url: \"\"\n  access_token_url: \"\"\n  title: \"\"\n"
      "  capabilities: []\n");
  ASSERT_THAT(provider, NotNull());
  EXPECT_FALSE(provider->three_legged());
  EXPECT_EQ(provider->title, "twitter");
}

TEST_F(OverlayTest, AnEmptyUrlTakesTheRecordsRevocationAway) {
  EXPECT_TRUE(Load("")->endpoints->revocation_url.has_value());
  EXPECT_FALSE(Load("  revocation: {url: \"\"}\n")->endpoints->revocation_url.has_value());
}

// A sandbox in the real provider's clothes: its tokens must not go to the real one.
TEST_F(OverlayTest, AnotherTokenUrlForgetsTheRecordsRevocation) {
  const std::string elsewhere = "  access_token_url: https://sandbox.example/oauth/access_token\n";
  EXPECT_FALSE(Load(elsewhere)->endpoints->revocation_url.has_value());
  const auto told = Load(elsewhere + "  revocation: {url: 'https://sandbox.example/revoke'}\n");
  EXPECT_EQ(told->endpoints->revocation_url->ToString(), "https://sandbox.example/revoke");
}

TEST_F(OverlayTest, AnotherTokenUrlForgetsTheRecordsRenewalUrl) {
  Pieces pieces;
  pieces.record = "  record: etrade\n";
  pieces.more = "  access_token_url: https://sandbox.example/token\n";
  const Loaded loaded = folder_.Load(pieces.Text());
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  EXPECT_EQ(loaded.snapshot->providers[0]->renewal.by, providers::RenewBy::kNothing);
  EXPECT_FALSE(loaded.snapshot->providers[0]->endpoints->renewal_url.has_value());
  pieces.record = "  record: yahoo\n";
  const Loaded by_handle = folder_.Load(pieces.Text());
  ASSERT_THAT(by_handle.snapshot, NotNull()) << ToLines(by_handle.mistakes);
  EXPECT_EQ(by_handle.snapshot->providers[0]->renewal.by, providers::RenewBy::kSessionHandle)
      << "that goes to the new URL";
}

TEST_F(OverlayTest, OtherUrlsForgetWhatTheRecordLeftOpen) {
  Pieces pieces;
  pieces.record = "  record: woocommerce\n";
  pieces.more = "  api_base_urls: ['https://shop.example/wp-json/wc/v3/']\n";
  const Loaded loaded = folder_.Load(pieces.Text());
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  EXPECT_THAT(loaded.snapshot->providers[0]->templates.parameters, IsEmpty());
  ASSERT_THAT(loaded.snapshot->providers[0]->endpoints, NotNull());
  EXPECT_FALSE(loaded.snapshot->providers[0]->endpoints->signing_base.has_value());
  const Loaded again = folder_.Load(loaded.effective);
  ASSERT_THAT(again.snapshot, NotNull()) << ToLines(again.mistakes);
  EXPECT_EQ(again.effective, loaded.effective);
}

TEST_F(OverlayTest, OfAnotherServerTheUrlsTellWhatItCan) {
  using providers::Capability;
  const std::string urls =
      "  request_token_url: https://s.example/r\n  access_token_url: https://s.example/t\n"
      "  authorize_url: https://s.example/a\n";
  const std::string api = "  api_base_urls: ['https://s.example/']\n";
  EXPECT_THAT(Load(urls)->capabilities,
              testing::UnorderedElementsAre(Capability::kThreeLegged, Capability::kOutOfBand));
  EXPECT_THAT(Load(urls + api)->capabilities,
              testing::UnorderedElementsAre(Capability::kThreeLegged, Capability::kTwoLegged, Capability::kOutOfBand));
  EXPECT_THAT(Load(urls + api + "  capabilities: [three_legged]\n")->capabilities,
              testing::UnorderedElementsAre(Capability::kThreeLegged));
}

TEST_F(OverlayTest, ARenewalMayBeTakenAwayToo) {
  Pieces pieces;
  pieces.record = "  record: etrade\n";
  ASSERT_THAT(folder_.Load(pieces.Text()).snapshot, NotNull());
  EXPECT_EQ(folder_.Load(pieces.Text()).snapshot->providers[0]->renewal.by, providers::RenewBy::kUrl);
  pieces.more = "  renewal: {by: \"\"}\n";
  const Loaded loaded = folder_.Load(pieces.Text());
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  EXPECT_EQ(loaded.snapshot->providers[0]->renewal.by, providers::RenewBy::kNothing);
  const Loaded again = folder_.Load(loaded.effective);
  ASSERT_THAT(again.snapshot, NotNull()) << ToLines(again.mistakes);
  EXPECT_EQ(again.effective, loaded.effective);
}

}  // namespace
}  // namespace oauth1d::config
