#include "server/flow/access_tokens.h"

#include <gtest/gtest.h>

#include "server/sealing/envelope.h"
#include "tests/support/fake_environment.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::flow {
namespace {

sealing::Keyring NewKeyring(sealing::KeyState old_key) {
  std::vector<sealing::Key> keys;
  keys.push_back({"old", old_key, Secret(old_key == sealing::KeyState::kRetired ? "" : std::string(32, 'o'))});
  if (old_key != sealing::KeyState::kActive) {
    keys.push_back({"new", sealing::KeyState::kActive, Secret(std::string(32, 'n'))});
  }
  return *sealing::Keyring::Create(std::move(keys));
}

class AccessTokensTest : public ::testing::Test {
 protected:
  AccessTokensTest() {
    token_.set_owner("default");
    token_.set_provider("photos");
    token_.set_token("nnch734d00sl2jdk");
    token_.set_token_secret("pfkkdhi9sl3r4s00");
    access_token_ = *SealAccessToken(NewKeyring(sealing::KeyState::kActive), token_, environment_);
  }

  absl::StatusOr<OpenedAccessToken> Open(absl::string_view text, sealing::KeyState old_key,
                                         absl::string_view owner = "default", absl::string_view provider = "photos") {
    return Open(std::make_shared<sealing::Keyring>(NewKeyring(old_key)), text, owner, provider);
  }
  absl::StatusOr<OpenedAccessToken> Open(std::shared_ptr<const sealing::Keyring> keyring, absl::string_view text,
                                         absl::string_view owner = "default", absl::string_view provider = "photos") {
    auto caller = std::make_shared<providers::Owner>();
    caller->name = std::string(owner);
    caller->also_opens = also_opens_;
    facts_ = std::make_shared<CallFacts>();
    const Call call{providers::Rpc::kSignedRequest,
                    "someone",
                    caller,
                    std::move(keyring),
                    rules_,
                    Deadline::After(environment_, absl::Seconds(30)),
                    facts_};
    return OpenAccessToken(call, text, provider, environment_);
  }

  FakeEnvironment environment_;
  std::set<std::string> also_opens_;
  std::shared_ptr<providers::HouseRules> rules_ = std::make_shared<providers::HouseRules>();
  std::shared_ptr<CallFacts> facts_;
  records::v1::AccessToken token_;
  std::string access_token_;
};

TEST_F(AccessTokensTest, OpensForItsOwnerAndProviderAlone) {
  ASSERT_OK_AND_ASSIGN(const OpenedAccessToken opened, Open(access_token_, sealing::KeyState::kActive));
  EXPECT_EQ(opened.token.token_secret(), "pfkkdhi9sl3r4s00");
  EXPECT_EQ(opened.replacement, "");
  EXPECT_THAT(Open(access_token_, sealing::KeyState::kActive, "other"), FailsWith(Reason::kTokenInvalid));
  EXPECT_THAT(Open(access_token_, sealing::KeyState::kActive, "default", "maps"), FailsWith(Reason::kTokenInvalid));
}

TEST_F(AccessTokensTest, OpensForAnOwnerThatTookItOver) {
  also_opens_ = {"default"};
  EXPECT_THAT(Open(access_token_, sealing::KeyState::kActive, "heir"), IsOk());
  also_opens_ = {"somebody else"};
  EXPECT_THAT(Open(access_token_, sealing::KeyState::kActive, "heir"), FailsWith(Reason::kTokenInvalid));
}

TEST_F(AccessTokensTest, TheConfigurationCanRefuseItByItsIdOrItsAge) {
  token_.set_token_id(std::string(16, '\x5a'));
  token_.mutable_sealed_time()->set_seconds(1'700'000'000);
  access_token_ = *SealAccessToken(NewKeyring(sealing::KeyState::kActive), token_, environment_);
  EXPECT_THAT(Open(access_token_, sealing::KeyState::kActive), IsOk());
  EXPECT_EQ(facts_->token_id, "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a");
  rules_->refuse_sealed_before = absl::FromUnixSeconds(1'700'000'000);
  EXPECT_THAT(Open(access_token_, sealing::KeyState::kActive), IsOk());
  rules_->refuse_sealed_before = absl::FromUnixSeconds(1'700'000'001);
  EXPECT_THAT(Open(access_token_, sealing::KeyState::kActive), FailsWith(Reason::kTokenExpired));
  rules_->refuse_sealed_before = absl::InfinitePast();
  rules_->refused_token_ids = {token_.token_id()};
  EXPECT_THAT(Open(access_token_, sealing::KeyState::kActive), FailsWith(Reason::kTokenExpired));
}

TEST_F(AccessTokensTest, IsSealedAnewWhenItsKeyIsOnTheWayOut) {
  ASSERT_OK_AND_ASSIGN(const OpenedAccessToken opened, Open(access_token_, sealing::KeyState::kDecrypt));
  ASSERT_NE(opened.replacement, "");
  ASSERT_OK_AND_ASSIGN(const OpenedAccessToken renewed, Open(opened.replacement, sealing::KeyState::kRetired));
  EXPECT_EQ(renewed.token.token(), "nnch734d00sl2jdk");
  EXPECT_EQ(renewed.replacement, "");
}

TEST_F(AccessTokensTest, EndsWithItsKey) {
  EXPECT_THAT(Open(access_token_, sealing::KeyState::kRetired), FailsWith(Reason::kTokenExpired));
}

TEST_F(AccessTokensTest, WaitsForAKeyThatIsNotThereYet) {
  std::vector<sealing::Key> keys;
  keys.push_back({"another", sealing::KeyState::kActive, Secret(std::string(32, 'a'))});
  const auto keyring = std::make_shared<sealing::Keyring>(*sealing::Keyring::Create(std::move(keys)));
  EXPECT_THAT(Open(keyring, access_token_), FailsWith(Reason::kKeyNotLoaded));
}

TEST_F(AccessTokensTest, AnyOtherTextIsRefused) {
  for (const std::string& text :
       {std::string(), std::string("oa1_"), std::string("oa1_!!!"), access_token_.substr(4), access_token_ + "AAAA",
        access_token_.substr(0, access_token_.size() - 4), "oa2_" + access_token_.substr(4), std::string(13000, 'A')}) {
    EXPECT_THAT(Open(text, sealing::KeyState::kActive), FailsWith(Reason::kTokenInvalid)) << text;
  }
  for (size_t i = 10; i < access_token_.size(); ++i) {
    std::string changed = access_token_;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    const absl::Status status = Open(changed, sealing::KeyState::kActive).status();
    EXPECT_TRUE(ReasonOf(status) == Reason::kTokenInvalid || status.ok()) << status;
    // The last character of base64 may hold bits that mean nothing.
    EXPECT_TRUE(!status.ok() || i + 1 == access_token_.size());
  }
}

TEST_F(AccessTokensTest, IsAtMostTwelveKibibytes) {
  token_.set_token(std::string(4096, 't'));
  token_.set_token_secret(std::string(4096, 's'));
  EXPECT_THAT(SealAccessToken(NewKeyring(sealing::KeyState::kActive), token_, environment_), IsOk());
  token_.set_session_handle(std::string(4096, 'h'));
  EXPECT_THAT(SealAccessToken(NewKeyring(sealing::KeyState::kActive), token_, environment_),
              FailsWith(Reason::kBadTokenResponse));
}

}  // namespace
}  // namespace oauth1d::flow
