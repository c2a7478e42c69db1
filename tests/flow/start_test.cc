#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/flow/flow_test_fixture.h"

namespace oauth1d::flow {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class StartTest : public FlowTest {};

TEST_F(StartTest, TellsWhereToSendTheBrowserAndWhatToSet) {
  StartRequest request = PhotosStart();
  request.authorize_parameters = {{"force_login", "a b&c"}};
  ASSERT_OK_AND_ASSIGN(const StartedAuthorization started, TryStart(request));
  EXPECT_EQ(started.redirect_url,
            "https://photos.example/authorize?lang=en&oauth_token=temporary-1&force_login=a%20b%26c");
  EXPECT_EQ(started.state.size(), 43U);
  EXPECT_EQ(started.binding_cookie.value.size(), 43U);
  EXPECT_THAT(started.binding_cookie.name, StartsWith("oauth1-"));
  EXPECT_EQ(started.binding_cookie.name.size(), 7U + 16U);
  EXPECT_EQ(started.expire_time, environment_.Now() + rules_->flow_life);
}

TEST_F(StartTest, AnHttpsCallbackGetsAHostCookieAndKeepsItsQuery) {
  ASSERT_OK_AND_ASSIGN(const StartedAuthorization started, TryStart(PhotosStart("https://app.example/auth?next=1")));
  EXPECT_THAT(started.binding_cookie.name, StartsWith("__Host-oauth1-"));
  const std::string header(egress::FindHeader(provider_.seen()[0].headers, "Authorization"));
  EXPECT_THAT(header, HasSubstr(absl::StrCat("oauth_callback=\"https%3A%2F%2Fapp.example%2Fauth%3Fnext%3D1%26state%3D",
                                             started.state, "\"")));
}

TEST_F(StartTest, WithTimeAndRandomnessKnownTheWholeHeaderIsKnown) {
  ASSERT_THAT(TryStart(PhotosStart("oob")), IsOk());
  const egress::HttpRequest& sent = provider_.seen()[0];
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.target, "/request_token");
  EXPECT_EQ(std::string(egress::FindHeader(sent.headers, "Authorization")),
            "OAuth oauth_callback=\"oob\", oauth_consumer_key=\"demo-key\", oauth_nonce=\"mn7nQxsI2SA4jZFREGSB6s\", "
            "oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"1700000000\", oauth_version=\"1.0\", "
            "oauth_signature=\"XYq01C8ZBGR3mwBG%2FWUTHsjaBm4%3D\"");
}

TEST_F(StartTest, RequestTokenParametersAreSignedAndSentInTheBody) {
  StartRequest request = PhotosStart();
  request.request_token_parameters = {{"x_auth_access_type", "read"}};
  ASSERT_THAT(TryStart(request), IsOk());
  EXPECT_EQ(provider_.seen()[0].body, "x_auth_access_type=read");
  EXPECT_EQ(egress::FindHeader(provider_.seen()[0].headers, "content-type"), "application/x-www-form-urlencoded");
}

TEST_F(StartTest, WhatIsNotAllowedIsRefusedBeforeAnythingIsSent) {
  StartRequest request = PhotosStart();
  request.authorize_parameters = {{"force_login", "a\r\nb"}, {"oauth_callback", "https://evil"}, {"scope", "all"}};
  request.request_token_parameters = {{"oauth_token", "x"}};
  const absl::Status status = TryStart(request).status();
  EXPECT_THAT(status, FaultsField("authorize_parameters[0].value"));
  EXPECT_THAT(status, FaultsField("authorize_parameters[1].name"));
  EXPECT_THAT(status, FaultsField("authorize_parameters[2].name"));
  EXPECT_THAT(status, FaultsField("request_token_parameters[0].name"));
  StartRequest unknown = PhotosStart();
  unknown.consumer = "someone";
  EXPECT_THAT(TryStart(unknown), FaultsField("consumer"));
  unknown.provider = "nowhere";
  EXPECT_THAT(TryStart(unknown), FailsWith(Reason::kProviderNotFound));
  unknown.provider = "";
  EXPECT_THAT(TryStart(unknown), FaultsField("provider"));
  EXPECT_EQ(provider_.requests(), 0);
}

TEST_F(StartTest, OnlyConfiguredCallbacksPass) {
  for (const char* callback :
       {"", "https://app.example/auth", "https://app.example/auth?next=1&x=2", "https://app.example@evil/auth?next=1",
        "https://app.example.evil/auth?next=1", "HTTPS://APP.example/auth?next=1", "https://app.example./auth?next=1",
        "https://app.example//auth?next=1", "https://app.example/auth?next=1\t", " https://app.example/auth?next=1",
        "https:\\\\app.example/auth?next=1", "//app.example/auth?next=1", "https://\xc3\xa4pp.example/auth?next=1",
        "javascript:alert(1)", "http://app.example/auth?next=1", "OOB"}) {
    EXPECT_THAT(TryStart(PhotosStart(callback)), FaultsField("callback_url")) << callback;
  }
  EXPECT_THAT(TryStart(PhotosStart("http://app.example/auth?next=1")).status().message(), HasSubstr("use https"));
  EXPECT_EQ(provider_.requests(), 0);
}

TEST_F(StartTest, AnUnconfirmedCallbackLeavesNothingBehind) {
  provider_.SetConfirmsCallback(false);
  EXPECT_THAT(TryStart(PhotosStart()), FailsWith(Reason::kCallbackNotConfirmed));
  EXPECT_TRUE(store_.keys.empty());
  photos_->callback_confirmed = providers::CallbackConfirmed::kIgnore;
  EXPECT_THAT(TryStart(PhotosStart()), IsOk());
  photos_->callback_confirmed = providers::CallbackConfirmed::kWarn;
  const Call call = NewCall();
  EXPECT_THAT(RunTask(loop_, [&] { return authorizer_.Start(PhotosStart(), call); }), IsOk());
  EXPECT_TRUE(call.facts->callback_unconfirmed) << "for the log";
}

TEST_F(StartTest, ABusyProviderIsAskedThreeTimes) {
  provider_.Next(NeverLeft());
  provider_.Next(Answer(503, ""));
  EXPECT_THAT(TryStart(PhotosStart()), IsOk());
  EXPECT_EQ(provider_.requests(), 3);
  for (int i = 0; i < 3; ++i) provider_.Next(Answer(429, ""));
  const absl::Status busy = TryStart(PhotosStart()).status();
  EXPECT_THAT(busy, FailsWith(Reason::kProviderBusy));
  EXPECT_EQ(HttpStatusOf(busy), 429);
  EXPECT_EQ(RetryAfterOf(busy), absl::Seconds(1));
  EXPECT_EQ(provider_.requests(), 6);
}

TEST_F(StartTest, ARefusalIsNotRepeated) {
  provider_.Next(Answer(401, ""));
  EXPECT_THAT(TryStart(PhotosStart()), FailsWith(Reason::kConsumerRejected));
  provider_.Next(Answer(400, "oauth_problem=timestamp_refused"));
  const absl::Status refused = TryStart(PhotosStart()).status();
  EXPECT_THAT(refused, FailsWith(Reason::kProviderRejected));
  EXPECT_EQ(OAuthProblemOf(refused), "timestamp_refused");
  provider_.Next(Answer(302, ""));
  EXPECT_THAT(TryStart(PhotosStart()), FailsWith(Reason::kBadTokenResponse));
  EXPECT_EQ(provider_.requests(), 3);
}

TEST_F(StartTest, AStoreThatIsAwayOrFullStopsItBeforeTheProviderIsAsked) {
  store_.known_state = Fail(Reason::kStoreUnavailable, "away");
  EXPECT_THAT(TryStart(PhotosStart()), FailsWith(Reason::kStoreUnavailable));
  store_.known_state = Fail(Reason::kStoreFull, "full");
  EXPECT_THAT(TryStart(PhotosStart()), FailsWith(Reason::kStoreFull));
  EXPECT_EQ(provider_.requests(), 0);
  store_.known_state = absl::OkStatus();
  store_.put_error = Fail(Reason::kStoreFull, "full");
  const absl::Status full = TryStart(PhotosStart()).status();
  EXPECT_THAT(full, FailsWith(Reason::kStoreFull));
  EXPECT_EQ(SentOf(full), Sent::kYes);
}

TEST_F(StartTest, WithoutRandomnessNothingBegins) {
  environment_.BreakRandomness();
  EXPECT_THAT(TryStart(PhotosStart()), HasCode(absl::StatusCode::kInternal));
  EXPECT_EQ(provider_.requests(), 0);
}

}  // namespace
}  // namespace oauth1d::flow
