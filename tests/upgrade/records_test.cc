// A later version wrote fields that today's code does not know: they live on, through every rewriting of ours.
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/flow/access_tokens.h"
#include "server/flow/exchange_outcome.h"
#include "server/sealing/envelope.h"
#include "tests/flow/flow_test_fixture.h"
#include "tests/upgrade/next_fields.h"

namespace oauth1d::flow {
namespace {

constexpr char kTokenPlace[] = "access_token";

class NextVersionsRecordsTest : public FlowTest {
 protected:
  // A flow as the next version reads it.
  struct NextFlow {
    records::next::Flow flow;
    records::next::FlowSecrets secrets;
    std::string bytes;
  };

  static sealing::Lock OuterLock(const FlowLocator& locator) {
    return {sealing::Kind::kFlow, locator.store_key, {locator.lookup}};
  }
  static sealing::Lock InnerLock(const StartedAuthorization& started) {
    const FlowLocator locator(started.state);
    return {sealing::Kind::kFlowSecrets, locator.store_key, {locator.lookup, BindingShare(started.binding_cookie)}};
  }

  NextFlow Read(const StartedAuthorization& started) {
    const FlowLocator locator(started.state);
    NextFlow read;
    const auto entry = RunTask(loop_, [&] { return store_.Get(locator.store_key, NewCall().deadline); });
    if (!entry.ok() || !entry->has_value()) {
      ADD_FAILURE() << "no such flow";
      return read;
    }
    read.bytes = (*entry)->value;
    EXPECT_TRUE(read.flow.ParseFromString(Opened(OuterLock(locator), read.bytes)));
    EXPECT_TRUE(read.secrets.ParseFromString(Opened(InnerLock(started), read.flow.inner())));
    return read;
  }

  void Write(const StartedAuthorization& started, NextFlow next) {
    const FlowLocator locator(started.state);
    next.flow.set_inner(Sealed(InnerLock(started), next.secrets.SerializeAsString()));
    const std::string bytes = Sealed(OuterLock(locator), next.flow.SerializeAsString());
    const auto written = RunTask(loop_, [&] {
      return store_.Swap(locator.store_key, next.bytes, bytes, absl::Minutes(10), NewCall().deadline);
    });
    ASSERT_THAT(written, IsOk());
    ASSERT_TRUE(*written);
  }

  // A login that the next version began.
  StartedAuthorization StartByNextVersion() {
    const StartedAuthorization started = Start();
    NextFlow flow = Read(started);
    FillNextFields(flow.flow);
    FillNextFields(flow.secrets);
    Write(started, std::move(flow));
    return started;
  }

  absl::StatusOr<CompletedAuthorization> CompleteAs(const std::string& user, const StartedAuthorization& started) {
    return Complete(provider_.ApproveAs(user, started.redirect_url), {started.binding_cookie});
  }

  records::next::AccessToken ReadToken(const std::string& access_token) {
    std::string envelope;
    EXPECT_TRUE(absl::WebSafeBase64Unescape(access_token.substr(4), &envelope));
    records::next::AccessToken token;
    EXPECT_TRUE(token.ParseFromString(Opened({sealing::Kind::kAccessToken, kTokenPlace, {}}, envelope)));
    return token;
  }

  // A token that the next version made.
  std::string TokenOfNextVersion() {
    const auto completed = CompleteAs("alice", Start());
    EXPECT_THAT(completed, IsOk());
    records::next::AccessToken token = ReadToken(completed->result.access_token());
    FillNextFields(token);
    const sealing::Lock lock{sealing::Kind::kAccessToken, kTokenPlace, {}};
    return absl::StrCat("oa1_", absl::WebSafeBase64Escape(Sealed(lock, token.SerializeAsString())));
  }

  std::string Opened(const sealing::Lock& lock, const std::string& envelope) {
    const auto plaintext = sealing::Open(*keyring_, lock, envelope);
    EXPECT_THAT(plaintext, IsOk());
    return plaintext.value_or("");
  }
  std::string Sealed(const sealing::Lock& lock, const std::string& plaintext) {
    return sealing::Seal(*keyring_, lock, plaintext, environment_).value_or("");
  }
};

TEST_F(NextVersionsRecordsTest, ALoginThatWeFinishKeepsThem) {
  const StartedAuthorization started = StartByNextVersion();
  ASSERT_OK_AND_ASSIGN(const CompletedAuthorization completed, CompleteAs("alice", started));
  EXPECT_EQ(completed.app_state, "back to page 7");
  const NextFlow done = Read(started);
  EXPECT_EQ(done.flow.phase(), records::next::PHASE_DONE);
  EXPECT_TRUE(HasNextFields(done.flow));
  EXPECT_TRUE(HasNextFields(done.secrets));
  EXPECT_EQ(done.secrets.app_state(), "back to page 7");
  EXPECT_EQ(done.secrets.temporary_token() + done.secrets.temporary_secret(), "") << "they are spent";
}

TEST_F(NextVersionsRecordsTest, ALoginThatIsDeniedKeepsThem) {
  const StartedAuthorization started = StartByNextVersion();
  const std::string token = Read(started).secrets.temporary_token();
  const std::string callback = absl::StrCat("/auth/photos?state=", started.state, "&denied=", token);
  EXPECT_THAT(Complete(callback, {started.binding_cookie}), FailsWith(Reason::kUserDenied));
  EXPECT_EQ(Read(started).flow.phase(), records::next::PHASE_FAILED);
  EXPECT_TRUE(HasNextFields(Read(started).flow));
  EXPECT_TRUE(HasNextFields(Read(started).secrets));
}

TEST_F(NextVersionsRecordsTest, ALoginThatGoesBackToPendingKeepsThem) {
  const StartedAuthorization started = StartByNextVersion();
  const std::string callback = provider_.ApproveAs("alice", started.redirect_url);
  provider_.Next(NeverLeft());
  provider_.Next(NeverLeft());
  EXPECT_THAT(Complete(callback, {started.binding_cookie}), FailsWith(Reason::kProviderUnreachable));
  EXPECT_EQ(Read(started).flow.phase(), records::next::PHASE_PENDING);
  EXPECT_TRUE(HasNextFields(Read(started).flow));
  EXPECT_TRUE(HasNextFields(Read(started).secrets));
  EXPECT_THAT(Complete(callback, {started.binding_cookie}), IsOk());
}

TEST_F(NextVersionsRecordsTest, AnAnswerThatIsWipedIsWipedWholly) {
  const StartedAuthorization started = StartByNextVersion();
  const std::string callback = provider_.ApproveAs("alice", started.redirect_url);
  ASSERT_THAT(Complete(callback, {started.binding_cookie}), IsOk());
  environment_.Advance(kReplay + absl::Seconds(1));
  EXPECT_THAT(Complete(callback, {started.binding_cookie}), FailsWith(Reason::kAlreadyCompleted));
  const NextFlow used = Read(started);
  EXPECT_EQ(used.flow.phase(), records::next::PHASE_USED);
  EXPECT_TRUE(HasNextFields(used.flow));
  EXPECT_EQ(used.secrets.next_text(), "") << "it may be a part of the answer";
  EXPECT_FALSE(used.secrets.has_result());
  EXPECT_EQ(used.secrets.app_state(), "back to page 7");
}

TEST_F(NextVersionsRecordsTest, AnAnswerThatTheNextVersionStoredIsReplayed) {
  const StartedAuthorization started = StartByNextVersion();
  const std::string callback = provider_.ApproveAs("alice", started.redirect_url);
  ASSERT_OK_AND_ASSIGN(const CompletedAuthorization first, Complete(callback, {started.binding_cookie}));
  NextFlow done = Read(started);
  FillNextFields(*done.secrets.mutable_result());
  Write(started, done);
  ASSERT_OK_AND_ASSIGN(const CompletedAuthorization again, Complete(callback, {started.binding_cookie}));
  EXPECT_EQ(again.result.access_token(), first.result.access_token());
  EXPECT_TRUE(HasNextFields(Read(started).secrets.result()));
}

TEST_F(NextVersionsRecordsTest, APhaseThatWeDoNotKnowIsAnEnd) {
  const StartedAuthorization started = StartByNextVersion();
  NextFlow flow = Read(started);
  flow.flow.set_phase(static_cast<records::next::Phase>(17));
  Write(started, std::move(flow));
  EXPECT_THAT(CompleteAs("alice", started), FailsWith(Reason::kAlreadyCompleted));
  EXPECT_EQ(provider_.exchanges(), 0);
}

TEST_F(NextVersionsRecordsTest, AReasonThatWeDoNotKnowIsStillAFailure) {
  const StartedAuthorization started = StartByNextVersion();
  NextFlow flow = Read(started);
  flow.flow.set_phase(records::next::PHASE_FAILED);
  flow.flow.set_failure_reason(4711);
  flow.flow.set_failure_sent(9);
  Write(started, std::move(flow));
  EXPECT_TRUE(absl::IsInternal(CompleteAs("alice", started).status()));
  EXPECT_EQ(provider_.exchanges(), 0);
}

TEST_F(NextVersionsRecordsTest, ATokenThatWeRewrapKeepsThem) {
  const std::string token = TokenOfNextVersion();
  ASSERT_OK_AND_ASSIGN(const std::string rewrapped, RunTask(loop_, [&] { return keeper_.Rewrap(token, NewCall()); }));
  EXPECT_NE(rewrapped, token);
  EXPECT_TRUE(HasNextFields(ReadToken(rewrapped)));
}

TEST_F(NextVersionsRecordsTest, ATokenThatIsSealedWithTheNewKeyKeepsThem) {
  const std::string token = TokenOfNextVersion();
  std::vector<sealing::Key> keys;
  keys.push_back({"k1", sealing::KeyState::kDecrypt, Secret(std::string(32, 'k'))});
  keys.push_back({"k2", sealing::KeyState::kActive, Secret(std::string(32, 'n'))});
  keyring_ = std::make_shared<sealing::Keyring>(*sealing::Keyring::Create(std::move(keys)));
  ASSERT_OK_AND_ASSIGN(const OpenedAccessToken opened, OpenAccessToken(NewCall(), token, "photos", environment_));
  ASSERT_NE(opened.replacement, "");
  EXPECT_TRUE(HasNextFields(ReadToken(opened.replacement)));
}

TEST_F(NextVersionsRecordsTest, TheSuccessorOfATokenKeepsThem) {
  for (const providers::RenewBy by : {providers::RenewBy::kSessionHandle, providers::RenewBy::kUrl}) {
    provider_.SetIssuesSessionHandles(true);
    photos_->renewal.by = by;
    const std::string token = TokenOfNextVersion();
    const auto renewed = StartTask(loop_, [&] { return keeper_.Refresh(token, NewCall()); });
    LetTimePassUntilDone(renewed);
    ASSERT_THAT(*renewed->result, IsOk());
    const records::next::AccessToken successor = ReadToken((*renewed->result)->access_token());
    EXPECT_TRUE(HasNextFields(successor));
    EXPECT_NE(successor.token_id(), ReadToken(token).token_id());
  }
}

}  // namespace
}  // namespace oauth1d::flow
