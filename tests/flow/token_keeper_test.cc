#include "server/flow/token_keeper.h"

#include "server/flow/access_tokens.h"
#include "tests/flow/flow_test_fixture.h"

namespace oauth1d::flow {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class TokenKeeperTest : public FlowTest {
 protected:
  TokenKeeperTest() {
    provider_.SetIssuesSessionHandles(true);
    photos_->renewal.by = providers::RenewBy::kSessionHandle;
    const StartedAuthorization started = Start();
    const auto completed = Complete(provider_.ApproveAs("alice", started.redirect_url), {started.binding_cookie});
    EXPECT_THAT(completed, IsOk());
    first_token_ = completed->result.access_token();
    for (const auto& parameter : completed->result.parameters()) told_ += parameter.name() + " ";
  }

  absl::StatusOr<records::v1::Result> Refresh(const std::string& token) { return RefreshAt(keeper_, token); }
  absl::StatusOr<records::v1::Result> RefreshAt(TokenKeeper& keeper, const std::string& token) {
    const auto renewed = BeginRefresh(keeper, token);
    LetTimePassUntilDone(renewed);
    return renewed->done() ? *renewed->result : absl::InternalError("did not end");
  }
  std::shared_ptr<Running<absl::StatusOr<records::v1::Result>>> BeginRefresh(TokenKeeper& keeper,
                                                                             const std::string& token) {
    return StartTask(loop_, [&keeper, token, call = NewCall()] { return keeper.Refresh(token, call); });
  }

  absl::StatusOr<SignedAnswer> Get(const std::string& token, const std::string& method = "GET") {
    SignedCall request;
    request.provider = "photos";
    request.credentials = SealedToken{token};
    request.method = method;
    request.url = "me";
    const auto answer =
        StartTask(loop_, [&, call = NewCall()]() mutable { return caller_.Send(std::move(request), call); });
    LetTimePassUntilDone(answer);
    return answer->done() ? *answer->result : absl::InternalError("did not end");
  }

  absl::StatusOr<std::string> Rewrap(std::string access_token, Call call) {
    return RunTask(loop_, [&] { return keeper_.Rewrap(std::move(access_token), std::move(call)); });
  }

  void AllowPasswords() {
    for (providers::Grant& grant : owners_[0]->grants) grant.password_login = true;
  }

  records::v1::AccessToken Inside(const std::string& token) {
    const auto opened = OpenAccessToken(NewCall(), token, "photos", environment_);
    EXPECT_THAT(opened, IsOk());
    return opened.ok() ? opened->token : records::v1::AccessToken();
  }

  std::string first_token_;
  std::string told_;
};

TEST_F(TokenKeeperTest, ASessionHandleIsSealedWithTheTokenAndNotTold) {
  EXPECT_EQ(Inside(first_token_).session_handle(), "handle-1");
  EXPECT_THAT(told_, HasSubstr("screen_name"));
  EXPECT_THAT(told_, Not(HasSubstr("session_handle")));
}

TEST_F(TokenKeeperTest, RenewsByTheSessionHandle) {
  ASSERT_OK_AND_ASSIGN(const records::v1::Result renewed, Refresh(first_token_));
  EXPECT_EQ(Inside(renewed.access_token()).token(), "access-2");
  EXPECT_EQ(Inside(renewed.access_token()).session_handle(), "handle-2");
  EXPECT_NE(Inside(renewed.access_token()).token_id(), Inside(first_token_).token_id());
  ASSERT_OK_AND_ASSIGN(const SignedAnswer answer, Get(renewed.access_token()));
  EXPECT_EQ(answer.answer.body, "alice");
  EXPECT_EQ(answer.replacement_access_token, "");
}

TEST_F(TokenKeeperTest, WhoeverHoldsTheOldTokenGetsTheSameNewOneForADay) {
  ASSERT_OK_AND_ASSIGN(const records::v1::Result renewed, Refresh(first_token_));
  environment_.Advance(absl::Hours(23));
  ASSERT_OK_AND_ASSIGN(const records::v1::Result again, RefreshAt(other_keeper_, first_token_));
  EXPECT_EQ(again.access_token(), renewed.access_token()) << "the first answer may have been lost on its way";
  EXPECT_EQ(provider_.renewals(), 1);
}

TEST_F(TokenKeeperTest, TwoReplicasRenewOnce) {
  provider_.Next(Hang());
  const auto here = BeginRefresh(keeper_, first_token_);
  RunReady(loop_);
  const auto there = BeginRefresh(other_keeper_, first_token_);
  RunReady(loop_);
  provider_.ReleaseHanging();
  LetTimePassUntilDone(here);
  LetTimePassUntilDone(there);
  ASSERT_THAT(*here->result, IsOk());
  ASSERT_THAT(*there->result, IsOk());
  EXPECT_EQ((*here->result)->access_token(), (*there->result)->access_token());
  EXPECT_EQ(provider_.renewals(), 1);
}

TEST_F(TokenKeeperTest, ACallerWhoLeavesLosesNothing) {
  provider_.Next(Hang());
  {
    const auto leaving = BeginRefresh(keeper_, first_token_);
    RunReady(loop_);
    CancelTask(loop_, leaving);
    RunReady(loop_);
    EXPECT_TRUE(leaving->done());
  }
  provider_.ReleaseHanging();
  RunReady(loop_);
  ASSERT_OK_AND_ASSIGN(const records::v1::Result renewed, Refresh(first_token_));
  EXPECT_EQ(Inside(renewed.access_token()).token(), "access-2");
  EXPECT_EQ(provider_.renewals(), 1);
}

TEST_F(TokenKeeperTest, ARefusedRenewalIsToldWithItsAdviceAndMayBeTriedAgain) {
  provider_.Next(Answer(401, "oauth_problem=consumer_key_refused&oauth_problem_advice=pay%20your%20bill"));
  const absl::Status refused = Refresh(first_token_).status();
  EXPECT_THAT(refused, FailsWith(Reason::kConsumerRejected));
  EXPECT_EQ(OAuthProblemOf(refused), "consumer_key_refused");
  EXPECT_EQ(OAuthAdviceOf(refused), "pay your bill");
  EXPECT_THAT(Refresh(first_token_), IsOk());
}

TEST_F(TokenKeeperTest, ARenewalThatMayHaveHappenedIsNotCalledARefusal) {
  provider_.Next(HeardNoReply());
  EXPECT_THAT(Refresh(first_token_), FailsWith(Reason::kOutcomeUnknown));
  EXPECT_EQ(provider_.renewals(), 1);
}

TEST_F(TokenKeeperTest, ATokenWithoutAHandleIsNotRenewed) {
  ImportRequest request;
  request.provider = "photos";
  request.source = oauth1::TokenCredentials{"given", Secret("secret")};
  ASSERT_OK_AND_ASSIGN(const records::v1::Result imported,
                       RunTask(loop_, [&, call = NewCall()] { return keeper_.Import(request, call); }));
  EXPECT_EQ(Inside(imported.access_token()).token(), "given");
  EXPECT_THAT(Refresh(imported.access_token()), FailsWith(Reason::kTokenExpired));
}

TEST_F(TokenKeeperTest, AProviderThatRenewsByUrlKeepsTheToken) {
  photos_->renewal.by = providers::RenewBy::kUrl;
  photos_->renewal.lifetime = absl::Hours(2);
  ASSERT_OK_AND_ASSIGN(const records::v1::Result renewed, Refresh(first_token_));
  EXPECT_EQ(provider_.seen().back().target, "/renew");
  EXPECT_EQ(provider_.seen().back().method, "GET");
  EXPECT_EQ(Inside(renewed.access_token()).token(), "access-1");
  EXPECT_EQ(renewed.expire_time().seconds(), absl::ToUnixSeconds(environment_.Now() + absl::Hours(2)));
}

TEST_F(TokenKeeperTest, ATokenThatIsAboutToEndIsRenewedBeforeItIsUsed) {
  environment_.Advance(absl::Seconds(3600 - 59));
  const int before = provider_.requests();
  ASSERT_OK_AND_ASSIGN(const SignedAnswer answer, Get(first_token_, "POST"));
  EXPECT_EQ(answer.answer.body, "alice");
  EXPECT_EQ(Inside(answer.replacement_access_token).token(), "access-2");
  EXPECT_EQ(provider_.requests(), before + 2) << "one renewal, one request";
  ASSERT_THAT(Get(first_token_), IsOk());
  EXPECT_EQ(provider_.renewals(), 1);
}

TEST_F(TokenKeeperTest, ATokenThatTheProviderCallsEndedIsRenewedAndTheRequestSentAgain) {
  provider_.End("access-1");
  ASSERT_OK_AND_ASSIGN(const SignedAnswer answer, Get(first_token_, "POST"));
  EXPECT_EQ(answer.answer.status, 200);
  EXPECT_EQ(Inside(answer.replacement_access_token).token(), "access-2");
}

TEST_F(TokenKeeperTest, AnErrorAfterARenewalCarriesTheNewToken) {
  environment_.Advance(absl::Hours(2));
  provider_.Next(Answer(200, "oauth_token=access-9&oauth_token_secret=s&oauth_expires_in=3600"));
  provider_.Next(HeardNoReply());
  const absl::Status status = Get(first_token_, "POST").status();
  EXPECT_THAT(status, FailsWith(Reason::kOutcomeUnknown));
  EXPECT_EQ(Inside(RenewedTokenOf(status)).token(), "access-9");
  EXPECT_EQ(Inside(RenewedTokenOf(status)).session_handle(), "handle-1") << "it lives on where no other came";
}

TEST_F(TokenKeeperTest, ARenewalThatFailsHarmsNoTokenThatStillLives) {
  environment_.Advance(absl::Seconds(3600 - 30));
  provider_.Next(Answer(401, "oauth_problem=permission_denied"));
  ASSERT_OK_AND_ASSIGN(const SignedAnswer answer, Get(first_token_));
  EXPECT_EQ(answer.answer.body, "alice");
  EXPECT_EQ(answer.replacement_access_token, "");
}

TEST_F(TokenKeeperTest, RevokesAtTheProvider) {
  const auto revoke = [&] {
    return RunTask(loop_, [&, call = NewCall()] { return keeper_.Revoke(first_token_, call); });
  };
  ASSERT_OK_AND_ASSIGN(const bool revoked, revoke());
  EXPECT_TRUE(revoked);
  EXPECT_EQ(provider_.seen().back().target, "/revoke");
  EXPECT_EQ(provider_.seen().back().method, "POST");
  provider_.Next(Answer(401, "oauth_problem=token_revoked"));
  ASSERT_OK_AND_ASSIGN(const bool again, revoke());
  EXPECT_TRUE(again) << "dead already is dead";
  provider_.Next(Answer(404, "what?"));
  ASSERT_OK_AND_ASSIGN(const bool refused, revoke());
  EXPECT_FALSE(refused);
  provider_.Next(Answer(503, ""));
  EXPECT_THAT(revoke(), FailsWith(Reason::kProviderBusy));
}

TEST_F(TokenKeeperTest, APasswordIsExchangedOnlyWhereBothAllowIt) {
  const auto import = [&] {
    ImportRequest request;
    request.provider = "photos";
    request.source = PasswordLogin{"alice", Secret("correct horse & battery")};
    return RunTask(loop_, [&, call = NewCall()]() mutable { return keeper_.Import(std::move(request), call); });
  };
  EXPECT_THAT(import(), FaultsField("password_login"));
  photos_->capabilities.insert(providers::Capability::kXauth);
  EXPECT_THAT(import(), FailsWith(Reason::kCallerNotAllowed));
  AllowPasswords();
  provider_.Next(Answer(200, "oauth_token=t&oauth_token_secret=s&user_id=7"));
  ASSERT_OK_AND_ASSIGN(const records::v1::Result imported, import());
  EXPECT_EQ(Inside(imported.access_token()).token(), "t");
  EXPECT_EQ(imported.parameters(0).value(), "7");
  EXPECT_EQ(provider_.seen().back().body,
            "x_auth_mode=client_auth&x_auth_password=correct%20horse%20%26%20battery&x_auth_username=alice");
  provider_.Next(HeardNoReply());
  EXPECT_THAT(import(), FailsWith(Reason::kOutcomeUnknown));
}

TEST_F(TokenKeeperTest, ALateRenewalIsStillKeptForADay) {
  provider_.Next(Answer(401, "oauth_problem=consumer_key_refused"));
  EXPECT_FALSE(Refresh(first_token_).ok());
  environment_.Advance(absl::Hours(23));
  ASSERT_OK_AND_ASSIGN(const records::v1::Result renewed, Refresh(first_token_));
  environment_.Advance(absl::Hours(23));
  ASSERT_OK_AND_ASSIGN(const records::v1::Result again, Refresh(first_token_));
  EXPECT_EQ(again.access_token(), renewed.access_token());
}

TEST_F(TokenKeeperTest, WhoeverRevokesAnOldTokenRevokesWhatBecameOfIt) {
  ASSERT_OK_AND_ASSIGN(const records::v1::Result second, Refresh(first_token_));
  ASSERT_OK_AND_ASSIGN(const records::v1::Result third, Refresh(second.access_token()));
  ASSERT_OK_AND_ASSIGN(const bool revoked,
                       RunTask(loop_, [&, call = NewCall()] { return keeper_.Revoke(first_token_, call); }));
  EXPECT_TRUE(revoked);
  ASSERT_OK_AND_ASSIGN(const SignedAnswer answer, Get(third.access_token()));
  EXPECT_EQ(answer.answer.status, 401) << "the app lost the new ones; its user wants out all the same";
}

TEST_F(TokenKeeperTest, ARenewalUnderARetiredKeyEndsTheTokenAndAsksNobody) {
  ASSERT_THAT(Refresh(first_token_), IsOk());
  std::vector<sealing::Key> keys;
  keys.push_back({"k1", sealing::KeyState::kDecrypt, Secret(std::string(32, 'k'))});
  keys.push_back({"k2", sealing::KeyState::kActive, Secret(std::string(32, 'n'))});
  keyring_ = std::make_shared<sealing::Keyring>(*sealing::Keyring::Create(std::move(keys)));
  ASSERT_OK_AND_ASSIGN(const std::string rewrapped, Rewrap(first_token_, NewCall()));
  keys.clear();
  keys.push_back({"k1", sealing::KeyState::kRetired, Secret()});
  keys.push_back({"k2", sealing::KeyState::kActive, Secret(std::string(32, 'n'))});
  keyring_ = std::make_shared<sealing::Keyring>(*sealing::Keyring::Create(std::move(keys)));
  const int before = provider_.requests();
  EXPECT_THAT(Refresh(rewrapped), FailsWith(Reason::kTokenExpired));
  EXPECT_EQ(provider_.requests(), before);
}

TEST_F(TokenKeeperTest, ARequestThatWasNeverSentSaysSo) {
  environment_.Advance(absl::Hours(2));
  provider_.Next(Answer(401, "oauth_problem=permission_denied"));
  const absl::Status refused = Get(first_token_, "POST").status();
  EXPECT_THAT(refused, FailsWith(Reason::kProviderRejected));
  EXPECT_EQ(SentOf(refused), Sent::kNo) << "the renewal was; the request was not";
  provider_.Next(HeardNoReply());
  provider_.Next(HeardNoReply());
  const absl::Status unknown = Get(first_token_, "POST").status();
  EXPECT_THAT(unknown, FailsWith(Reason::kProviderUnreachable));
  EXPECT_EQ(SentOf(unknown), Sent::kNo);
}

TEST_F(TokenKeeperTest, AnEmptySessionHandleTakesNoneAway) {
  provider_.Next(Answer(200, "oauth_token=t&oauth_token_secret=s&oauth_session_handle="));
  ASSERT_OK_AND_ASSIGN(const records::v1::Result renewed, Refresh(first_token_));
  EXPECT_EQ(Inside(renewed.access_token()).session_handle(), "handle-1");
}

TEST_F(TokenKeeperTest, RewrapChangesTheKeyAlone) {
  std::vector<sealing::Key> keys;
  keys.push_back({"k1", sealing::KeyState::kDecrypt, Secret(std::string(32, 'k'))});
  keys.push_back({"k2", sealing::KeyState::kActive, Secret(std::string(32, 'n'))});
  keyring_ = std::make_shared<sealing::Keyring>(*sealing::Keyring::Create(std::move(keys)));
  ASSERT_OK_AND_ASSIGN(const std::string rewrapped, Rewrap(first_token_, NewCall()));
  EXPECT_NE(rewrapped, first_token_);
  EXPECT_EQ(Inside(rewrapped).SerializeAsString(), Inside(first_token_).SerializeAsString());
  EXPECT_THAT(Rewrap("oa1_nothing", NewCall()), FailsWith(Reason::kTokenInvalid));
  EXPECT_THAT(Rewrap(first_token_, NewCall("other")), FailsWith(Reason::kTokenInvalid));
}

}  // namespace
}  // namespace oauth1d::flow
