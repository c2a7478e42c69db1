// Records that released versions wrote: every later version opens them and brings them to their end.
// golden/VERSION.json is made by make_golden.py, at a release.
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "server/flow/access_tokens.h"
#include "server/flow/exchange_outcome.h"
#include "tests/flow/flow_test_fixture.h"

namespace oauth1d::flow {
namespace {

using nlohmann::json;

std::vector<std::string> Versions() {
  std::vector<std::string> files;
  for (const auto& file : std::filesystem::directory_iterator(OAUTH1D_GOLDEN_RECORDS)) files.push_back(file.path());
  std::sort(files.begin(), files.end());
  return files;
}

class GoldenRecordsTest : public FlowTest, public ::testing::WithParamInterface<std::string> {
 protected:
  GoldenRecordsTest() : golden_(json::parse(std::ifstream(GetParam()))) {
    std::vector<sealing::Key> keys;
    keys.push_back({"golden", sealing::KeyState::kActive, Secret(Bytes(golden_.at("key")))});
    keyring_ = std::make_shared<sealing::Keyring>(*sealing::Keyring::Create(std::move(keys)));
    photos_->renewal.by = providers::RenewBy::kSessionHandle;
  }

  static std::string Bytes(const json& base64) {
    std::string bytes;
    EXPECT_TRUE(absl::Base64Unescape(base64.get<std::string>(), &bytes));
    return bytes;
  }

  std::string TextOf(const char* name) const { return golden_.at(name).get<std::string>(); }

  // Puts the record of this name into the store, with the life that it had left.
  json PutBack(const std::string& name) {
    const json& record = golden_.at("records").at(name);
    const auto put = RunTask(loop_, [&] {
      return store_.Put(record.at("store_key"), Bytes(record.at("value")),
                        absl::Milliseconds(record.at("remaining_ms").get<int64_t>()), NewCall().deadline);
    });
    EXPECT_TRUE(put.ok() && *put) << name;
    return record;
  }

  absl::StatusOr<CompletedAuthorization> Finish(const std::string& name) {
    const json record = PutBack(name);
    return Complete(record.at("callback"), {{record.at("cookie_name"), record.at("cookie_value"), {}}});
  }

  const json golden_;
};

TEST_P(GoldenRecordsTest, APendingLoginIsFinished) {
  provider_.Next(Answer(200, "oauth_token=t&oauth_token_secret=s"));
  ASSERT_OK_AND_ASSIGN(const CompletedAuthorization completed, Finish("pending"));
  EXPECT_EQ(completed.app_state, "back to page 7");
}

TEST_P(GoldenRecordsTest, AnExchangeWhoseLeaseIsOverIsTakenOver) {
  const json record = PutBack("exchanging");
  environment_.Advance(kLease + absl::Seconds(1));
  provider_.Next(Answer(200, "oauth_token=t&oauth_token_secret=s"));
  EXPECT_THAT(Complete(record.at("callback"), {{record.at("cookie_name"), record.at("cookie_value"), {}}}), IsOk());
}

TEST_P(GoldenRecordsTest, AnAnswerIsReplayed) {
  ASSERT_OK_AND_ASSIGN(const CompletedAuthorization completed, Finish("done"));
  EXPECT_EQ(completed.result.access_token(), TextOf("access_token"));
  EXPECT_EQ(completed.app_state, "back to page 7");
  EXPECT_EQ(provider_.requests(), 0);
}

TEST_P(GoldenRecordsTest, ARefusalIsReplayed) { EXPECT_THAT(Finish("failed"), FailsWith(Reason::kUserDenied)); }

TEST_P(GoldenRecordsTest, AUsedLoginStaysOver) { EXPECT_THAT(Finish("used"), FailsWith(Reason::kAlreadyCompleted)); }

TEST_P(GoldenRecordsTest, ATokenOpens) {
  ASSERT_OK_AND_ASSIGN(const OpenedAccessToken opened,
                       OpenAccessToken(NewCall(), TextOf("access_token"), "photos", environment_));
  const records::v1::AccessToken& token = opened.token;
  EXPECT_EQ(opened.replacement, "");
  EXPECT_EQ(token.owner(), "default");
  EXPECT_EQ(token.consumer(), "main");
  EXPECT_EQ(token.consumer_key(), "demo-key");
  EXPECT_EQ(token.token(), "golden-token");
  EXPECT_EQ(token.token_secret(), "golden-secret");
  EXPECT_EQ(token.session_handle(), "golden-handle");
  EXPECT_EQ(token.token_id().size(), 16);
  EXPECT_EQ(token.expire_time().seconds(), token.sealed_time().seconds() + 3600);
}

TEST_P(GoldenRecordsTest, ARenewalIsReplayed) {
  PutBack("renewal");
  const auto renewed = StartTask(loop_, [&] { return keeper_.Refresh(TextOf("access_token"), NewCall()); });
  LetTimePassUntilDone(renewed);
  ASSERT_THAT(*renewed->result, IsOk());
  EXPECT_EQ((*renewed->result)->access_token(), TextOf("renewed_access_token"));
  EXPECT_EQ(provider_.requests(), 0);
}

INSTANTIATE_TEST_SUITE_P(Versions, GoldenRecordsTest, ::testing::ValuesIn(Versions()), [](const auto& file) {
  std::string name = std::filesystem::path(file.param).stem();
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
});

}  // namespace
}  // namespace oauth1d::flow
