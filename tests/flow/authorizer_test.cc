#include "server/flow/authorizer.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/flow/flow_records.h"
#include "tests/flow/flow_test_fixture.h"

namespace oauth1d::flow {
namespace {

class AuthorizationTest : public FlowTest {
 protected:
  // The cookies of a browser that has a login of its own under way.
  std::vector<BindingCookie> OtherBrowsersCookies() { return {Start().binding_cookie}; }
};

TEST_F(AuthorizationTest, AUserLogsIn) {
  const StartedAuthorization started = Start();
  const std::string callback = provider_.ApproveAs("alice", started.redirect_url);
  ASSERT_OK_AND_ASSIGN(const CompletedAuthorization completed, Complete(callback, {started.binding_cookie}));
  EXPECT_EQ(completed.app_state, "back to page 7");
  EXPECT_EQ(completed.spent_cookie_name, started.binding_cookie.name);
  EXPECT_TRUE(absl::StartsWith(completed.result.access_token(), "oa1_"));
  ASSERT_EQ(completed.result.parameters_size(), 1);
  EXPECT_EQ(completed.result.parameters(0).name(), "screen_name");
  EXPECT_EQ(completed.result.parameters(0).value(), "alice");
  EXPECT_EQ(completed.result.provider_token(), "") << "only where the configuration reveals it";
  EXPECT_EQ(provider_.exchanges(), 1);
}

TEST_F(AuthorizationTest, ASecondBrowserCannotFinishTheFlow) {
  const StartedAuthorization started = Start();
  const std::string callback = provider_.ApproveAs("alice", started.redirect_url);
  EXPECT_THAT(Complete(callback, OtherBrowsersCookies()), FailsWith(Reason::kBindingMismatch));
  BindingCookie guessed = started.binding_cookie;
  guessed.value = std::string(43, 'A');
  EXPECT_THAT(Complete(callback, {guessed}), FailsWith(Reason::kBindingMismatch));
  EXPECT_EQ(provider_.exchanges(), 0);
  EXPECT_THAT(Complete(callback, {started.binding_cookie}), IsOk());
}

TEST_F(AuthorizationTest, NoCookieAndShortCookiesAreBadRequests) {
  const StartedAuthorization started = Start();
  const std::string callback = provider_.ApproveAs("alice", started.redirect_url);
  EXPECT_THAT(Complete(callback, {}), FaultsField("binding_cookies"));
  BindingCookie cut = started.binding_cookie;
  cut.value.resize(10);
  EXPECT_THAT(Complete(callback, {cut}), FaultsField("binding_cookies[0].value"));
  EXPECT_EQ(provider_.exchanges(), 0);
  EXPECT_THAT(Complete(callback, {started.binding_cookie}), IsOk());
}

TEST_F(AuthorizationTest, ASecureFlowTakesNoCookieOfThePlainName) {
  ASSERT_OK_AND_ASSIGN(const StartedAuthorization started, TryStart(PhotosStart("https://app.example/auth?next=1")));
  const std::string callback = provider_.ApproveAs("mallory", started.redirect_url);
  BindingCookie planted = started.binding_cookie;
  planted.name = planted.name.substr(std::string("__Host-").size());
  EXPECT_THAT(Complete(callback, {planted}), FailsWith(Reason::kBindingMismatch));
  EXPECT_EQ(provider_.exchanges(), 0);
  EXPECT_THAT(Complete(callback, {planted, started.binding_cookie}), IsOk());
}

TEST_F(AuthorizationTest, TwoTabsFinishInAnyOrder) {
  const StartedAuthorization first = Start();
  const StartedAuthorization second = Start();
  const std::vector<BindingCookie> browser = {first.binding_cookie, second.binding_cookie};
  EXPECT_THAT(Complete(provider_.ApproveAs("bob", second.redirect_url), browser), IsOk());
  EXPECT_THAT(Complete(provider_.ApproveAs("alice", first.redirect_url), browser), IsOk());
}

TEST_F(AuthorizationTest, ASwappedTokenIsRefusedAndBurnsNothing) {
  const StartedAuthorization victim = Start();
  const StartedAuthorization attacker = Start();
  const std::string callback = provider_.ApproveAs("alice", victim.redirect_url);
  provider_.ApproveAs("mallory", attacker.redirect_url);
  const std::string swapped = absl::StrReplaceAll(callback, {{"oauth_token=temporary-1", "oauth_token=temporary-2"}});
  EXPECT_THAT(Complete(swapped, {victim.binding_cookie}), FailsWith(Reason::kTokenMismatch));
  const std::string without = absl::StrReplaceAll(callback, {{"oauth_token=temporary-1", "x=1"}});
  EXPECT_THAT(Complete(without, {victim.binding_cookie}), FaultsField("callback_query"));
  EXPECT_EQ(provider_.exchanges(), 0);
  EXPECT_THAT(Complete(callback, {victim.binding_cookie}), IsOk());
}

TEST_F(AuthorizationTest, AnotherProvidersOrOwnersFlowIsNotThere) {
  const StartedAuthorization started = Start();
  const std::string callback = provider_.ApproveAs("alice", started.redirect_url);
  EXPECT_THAT(Complete(callback, {started.binding_cookie}, "maps"), FailsWith(Reason::kFlowNotFound));
  EXPECT_THAT(Complete(callback, {started.binding_cookie}, "photos", "other"), FailsWith(Reason::kFlowNotFound));
  EXPECT_THAT(Complete(callback, {started.binding_cookie}, "nowhere"), FailsWith(Reason::kProviderNotFound));
  EXPECT_EQ(provider_.exchanges(), 0);
  EXPECT_THAT(Complete(callback, {started.binding_cookie}), IsOk());
}

TEST_F(AuthorizationTest, AnUnknownAndAnExpiredFlowAreTheSame) {
  const StartedAuthorization started = Start();
  const std::string callback = provider_.ApproveAs("alice", started.redirect_url);
  const std::string unknown = absl::StrReplaceAll(callback, {{started.state, std::string(43, 's')}});
  const absl::Status not_known = Complete(unknown, {started.binding_cookie}).status();
  environment_.Advance(rules_->flow_life);
  const absl::Status expired = Complete(callback, {started.binding_cookie}).status();
  EXPECT_THAT(not_known, FailsWith(Reason::kFlowNotFound));
  EXPECT_THAT(expired, FailsWith(Reason::kFlowNotFound));
  EXPECT_EQ(not_known.message(), expired.message());
}

TEST_F(AuthorizationTest, AMissingVerifierBurnsNothing) {
  const StartedAuthorization started = Start();
  const std::string callback = provider_.ApproveAs("alice", started.redirect_url);
  const std::string without = callback.substr(0, callback.find("&oauth_verifier"));
  EXPECT_THAT(Complete(without, {started.binding_cookie}), FaultsField("callback_query"));
  EXPECT_THAT(Complete(without + "&oauth_problem=permission_unknown", {started.binding_cookie}),
              FaultsField("callback_query"));
  EXPECT_THAT(Complete("oauth_token=a&oauth_verifier=b", {started.binding_cookie}), FaultsField("callback_query"));
  EXPECT_THAT(Complete(callback, {started.binding_cookie}), IsOk());
}

TEST_F(AuthorizationTest, ADenialEndsTheFlowAndLeadsBack) {
  for (const std::string& denial : {std::string("&denied=temporary-1"), std::string("&oauth_problem=user_refused")}) {
    const StartedAuthorization started = Start();
    const std::string token = absl::StrCat("temporary-", provider_.requests());
    const std::string callback = absl::StrCat("http://127.0.0.1:8000/auth/photos?state=", started.state,
                                              absl::StrReplaceAll(denial, {{"temporary-1", token}}));
    const absl::Status denied = Complete(callback, {started.binding_cookie}).status();
    EXPECT_THAT(denied, FailsWith(Reason::kUserDenied));
    EXPECT_EQ(AppStateOf(denied), "back to page 7");
    const std::string changed_mind = provider_.ApproveAs("alice", started.redirect_url);
    EXPECT_THAT(Complete(changed_mind, {started.binding_cookie}), FailsWith(Reason::kUserDenied));
    EXPECT_EQ(provider_.exchanges(), 0);
  }
}

TEST_F(AuthorizationTest, ADenialOfAnotherTokenIsAMismatch) {
  const StartedAuthorization started = Start();
  const std::string callback = absl::StrCat("?state=", started.state, "&denied=temporary-99");
  EXPECT_THAT(Complete(callback, {started.binding_cookie}), FailsWith(Reason::kTokenMismatch));
  EXPECT_THAT(Complete(provider_.ApproveAs("alice", started.redirect_url), {started.binding_cookie}), IsOk());
}

TEST_F(AuthorizationTest, AMistypedPinMayBeTriedThreeTimes) {
  ASSERT_OK_AND_ASSIGN(const StartedAuthorization started, TryStart(PhotosStart("oob")));
  const std::string pin = provider_.ApproveAs("alice", started.redirect_url);
  const auto type = [&](const std::string& typed) {
    return Complete(absl::StrCat("state=", started.state, "&oauth_verifier=", typed), {started.binding_cookie});
  };
  EXPECT_THAT(type("1"), FailsWith(Reason::kProviderRejected));
  EXPECT_THAT(type("2"), FailsWith(Reason::kProviderRejected));
  EXPECT_THAT(type(pin), IsOk());

  ASSERT_OK_AND_ASSIGN(const StartedAuthorization again, TryStart(PhotosStart("oob")));
  const std::string second_pin = provider_.ApproveAs("alice", again.redirect_url);
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(Complete(absl::StrCat("state=", again.state, "&oauth_verifier=wrong", i), {again.binding_cookie}),
                FailsWith(Reason::kProviderRejected));
  }
  EXPECT_THAT(Complete(absl::StrCat("state=", again.state, "&oauth_verifier=", second_pin), {again.binding_cookie}),
              FailsWith(Reason::kProviderRejected));
}

TEST_F(AuthorizationTest, ATamperedRecordIsTold) {
  const StartedAuthorization started = Start();
  const std::string callback = provider_.ApproveAs("alice", started.redirect_url);
  const Deadline deadline = Deadline::After(environment_, absl::Seconds(1));
  ASSERT_EQ(store_.keys.size(), 1U);
  ASSERT_OK_AND_ASSIGN(std::optional<storage::Entry> entry,
                       RunTask(loop_, [&] { return store_.Get(store_.keys[0], deadline); }));
  std::string changed = entry->value;
  changed[changed.size() / 2] ^= 1;
  EXPECT_THAT(
      RunTask(loop_, [&] { return store_.Swap(store_.keys[0], entry->value, changed, rules_->flow_life, deadline); }),
      IsOkAnd(true));
  EXPECT_THAT(Complete(callback, {started.binding_cookie}), FailsWith(Reason::kRecordInvalid));
  EXPECT_THAT(Complete(callback, {started.binding_cookie}), FailsWith(Reason::kRecordInvalid)) << "it was kept";
}

TEST_F(AuthorizationTest, TheStoreSeesNeitherStateNorSecrets) {
  const StartedAuthorization started = Start();
  const Deadline deadline = Deadline::After(environment_, absl::Seconds(1));
  ASSERT_OK_AND_ASSIGN(const std::optional<storage::Entry> entry,
                       RunTask(loop_, [&] { return store_.Get(store_.keys[0], deadline); }));
  for (const std::string& secret : {started.state, started.binding_cookie.value, std::string("temporary-"),
                                    std::string("back to page"), std::string("photos")}) {
    EXPECT_EQ(store_.keys[0].find(secret), std::string::npos);
    EXPECT_EQ(entry->value.find(secret), std::string::npos);
  }
}

}  // namespace
}  // namespace oauth1d::flow
