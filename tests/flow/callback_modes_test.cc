// Providers whose callbacks, authorize URLs and answers are not RFC 5849's.
#include "absl/strings/str_cat.h"
#include "server/flow/access_tokens.h"
#include "server/oauth1/encoding.h"
#include "server/oauth1/url.h"
#include "tests/flow/flow_test_fixture.h"

namespace oauth1d::flow {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class CallbackModesTest : public FlowTest {
 protected:
  void SetMode(providers::CallbackMode mode) { photos_->callback_mode = mode; }

  // The value of a protocol parameter in the header of a request, decoded; "(none)" where it is not there.
  std::string Sent(const std::string& name, size_t request = 0) const {
    const std::string header(egress::FindHeader(provider_.seen()[request].headers, "Authorization"));
    const size_t at = header.find(" " + name + "=\"");
    if (at == std::string::npos) return "(none)";
    const size_t begin = at + name.size() + 3;
    return oauth1::PercentDecode(header.substr(begin, header.find('"', begin) - begin));
  }

  absl::StatusOr<CompletedAuthorization> CompleteWith(const oauth1::Callback& callback,
                                                      std::vector<BindingCookie> cookies) {
    CompleteRequest request = NewComplete("state=x", std::move(cookies));
    request.callback = callback;
    return RunTask(loop_, [&, call = NewCall()] { return authorizer_.Complete(request, call); });
  }
};

TEST_F(CallbackModesTest, TheStateMayBeThePathsLastSegment) {
  SetMode(providers::CallbackMode::kPath);
  const StartedAuthorization started = Start();
  const std::string sent = Sent("oauth_callback");
  EXPECT_EQ(sent, "http://127.0.0.1:8000/auth/photos/" + started.state);
  provider_.ApproveAs("alice", started.redirect_url);
  ASSERT_OK_AND_ASSIGN(
      const CompletedAuthorization completed,
      Complete(sent + "?oauth_token=temporary-1&oauth_verifier=verifier-temporary-1", {started.binding_cookie}));
  EXPECT_EQ(completed.app_state, "back to page 7");
  EXPECT_THAT(Complete("oauth_token=temporary-1&oauth_verifier=v", {started.binding_cookie}),
              FaultsField("callback_query"));
}

TEST_F(CallbackModesTest, APathKeepsTheQueryOfItsCallback) {
  SetMode(providers::CallbackMode::kPath);
  ASSERT_OK_AND_ASSIGN(const StartedAuthorization started, TryStart(PhotosStart("https://app.example/auth?next=1")));
  EXPECT_EQ(Sent("oauth_callback"), absl::StrCat("https://app.example/auth/", started.state, "?next=1"));
}

TEST_F(CallbackModesTest, WithoutAStateTheFlowIsFoundByItsToken) {
  SetMode(providers::CallbackMode::kNone);
  const StartedAuthorization started = Start();
  EXPECT_EQ(started.state, "");
  EXPECT_EQ(Sent("oauth_callback"), "http://127.0.0.1:8000/auth/photos");
  provider_.ApproveAs("alice", started.redirect_url);
  const std::string callback = "oauth_token=temporary-1&oauth_verifier=verifier-temporary-1";
  EXPECT_THAT(Complete("oauth_verifier=v", {started.binding_cookie}), FaultsField("callback_query"));
  BindingCookie others = started.binding_cookie;
  others.name = "oauth1-0123456789abcdef";
  EXPECT_THAT(Complete(callback, {others}), FailsWith(Reason::kBindingMismatch));
  ASSERT_OK_AND_ASSIGN(const CompletedAuthorization completed, Complete(callback, {others, started.binding_cookie}));
  EXPECT_EQ(completed.spent_cookie_name, started.binding_cookie.name);
}

TEST_F(CallbackModesTest, AmongSeveralConsumersTheCookieTellsWhose) {
  SetMode(providers::CallbackMode::kNone);
  photos_->consumers.push_back({"second", "second-key", Secret("second-secret")});
  StartRequest request = PhotosStart();
  request.consumer = "second";
  ASSERT_OK_AND_ASSIGN(const StartedAuthorization started, TryStart(request));
  EXPECT_EQ(Sent("oauth_consumer_key"), "second-key");
  provider_.ApproveAs("alice", started.redirect_url);
  ASSERT_THAT(Complete("oauth_token=temporary-1&oauth_verifier=verifier-temporary-1", {started.binding_cookie}),
              IsOk());
  EXPECT_EQ(Sent("oauth_consumer_key", 1), "second-key");
}

TEST_F(CallbackModesTest, ARegisteredCallbackIsAskedForAsOutOfBand) {
  SetMode(providers::CallbackMode::kOutOfBand);
  const StartedAuthorization started = Start();
  EXPECT_EQ(Sent("oauth_callback"), "oob");
  provider_.ApproveAs("alice", started.redirect_url);
  EXPECT_THAT(Complete("oauth_token=temporary-1&oauth_verifier=verifier-temporary-1", {started.binding_cookie}),
              IsOk());
}

TEST_F(CallbackModesTest, APinIsCompletedByItsStateInEveryMode) {
  for (const auto mode : {providers::CallbackMode::kQuery, providers::CallbackMode::kPath,
                          providers::CallbackMode::kNone, providers::CallbackMode::kOutOfBand}) {
    SetMode(mode);
    ASSERT_OK_AND_ASSIGN(const StartedAuthorization started, TryStart(PhotosStart("oob")));
    EXPECT_THAT(started.state, Not(IsEmpty()));
    oauth1::Callback typed;
    typed.state = started.state;
    typed.verifier = provider_.ApproveAs("alice", started.redirect_url);
    EXPECT_THAT(CompleteWith(typed, {started.binding_cookie}), IsOk()) << static_cast<int>(mode);
  }
}

TEST_F(CallbackModesTest, TheCallbackMayStandInTheAuthorizeUrl) {
  SetMode(providers::CallbackMode::kAuthorizeUrl);
  photos_->authorize.callback_parameter = "oauth_callback";
  photos_->callback_confirmed = providers::CallbackConfirmed::kIgnore;
  photos_->verifier_required = false;
  const StartedAuthorization started = Start();
  EXPECT_EQ(Sent("oauth_callback"), "(none)");
  EXPECT_THAT(started.redirect_url,
              HasSubstr("&oauth_callback=" +
                        oauth1::PercentEncode("http://127.0.0.1:8000/auth/photos?state=" + started.state)));
  // OAuth Core 1.0, before its revision A: no verifier comes back, and none is sent.
  provider_.Next(Answer(200, "oauth_token=t&oauth_token_secret=s"));
  ASSERT_THAT(Complete(absl::StrCat("state=", started.state, "&oauth_token=temporary-1"), {started.binding_cookie}),
              IsOk());
  EXPECT_EQ(Sent("oauth_verifier", 1), "(none)");
}

TEST_F(CallbackModesTest, TheAuthorizeUrlHasItsOwnNames) {
  photos_->authorize.token_parameter = "token";
  photos_->authorize.consumer_key_parameter = "key";
  photos_->authorize.parameters = {{"scope", "read,write"}};
  const StartedAuthorization started = Start();
  EXPECT_EQ(started.redirect_url,
            "https://photos.example/authorize?lang=en&token=temporary-1&key=demo-key&scope=read%2Cwrite");
}

TEST_F(CallbackModesTest, AProviderMayNameTheAuthorizeUrlItselfButNotAnotherHost) {
  photos_->authorize.url_field = "login_url";
  const std::string credentials =
      "oauth_token=temporary-1&oauth_token_secret=s&oauth_callback_confirmed=true&login_url=";
  provider_.Next(Answer(200, credentials + oauth1::PercentEncode("https://photos.example/go?t=1")));
  EXPECT_EQ(Start().redirect_url, "https://photos.example/go?t=1");
  provider_.Next(Answer(200, credentials + oauth1::PercentEncode("https://photos.example.evil/go?t=1")));
  EXPECT_THAT(TryStart(PhotosStart()), FailsWith(Reason::kBadTokenResponse));
  provider_.Next(Answer(200, credentials + oauth1::PercentEncode("http://photos.example/go?t=1")));
  EXPECT_THAT(TryStart(PhotosStart()), FailsWith(Reason::kBadTokenResponse));
}

TEST_F(CallbackModesTest, AProblemOfTheCallbackIsToldWithItsAdvice) {
  const StartedAuthorization started = Start();
  const std::string callback = absl::StrCat("state=", started.state, "&oauth_token=temporary-1&oauth_problem=");
  const absl::Status unknown =
      Complete(callback + "permission_unknown&oauth_problem_advice=try%20later", {started.binding_cookie}).status();
  EXPECT_THAT(unknown, FaultsField("callback_query"));
  EXPECT_EQ(OAuthProblemOf(unknown), "permission_unknown");
  EXPECT_EQ(OAuthAdviceOf(unknown), "try later");
  const absl::Status denied = Complete(callback + "user_refused", {started.binding_cookie}).status();
  EXPECT_THAT(denied, FailsWith(Reason::kUserDenied));
  EXPECT_EQ(OAuthProblemOf(denied), "user_refused");
}

TEST_F(CallbackModesTest, ARefusalWithStatus200IsARefusal) {
  photos_->refusal_prefix = "Error:";
  provider_.Next(Answer(200, "Error: Consumer key not found"));
  EXPECT_THAT(TryStart(PhotosStart()), FailsWith(Reason::kProviderRejected));
  provider_.Next(Answer(200, "oauth_problem=consumer_key_unknown&oauth_problem_advice=register"));
  const absl::Status told = TryStart(PhotosStart()).status();
  EXPECT_THAT(told, FailsWith(Reason::kConsumerRejected));
  EXPECT_EQ(OAuthAdviceOf(told), "register");
}

TEST_F(CallbackModesTest, TemplatesAreFilledByTheCallerAndKeptInTheToken) {
  photos_->templates.parameters = {{"shop", "[a-z]+", "", false}};
  photos_->templates.request_token_url = "https://{shop}.photos.example/request_token";
  photos_->templates.access_token_url = "https://{shop}.photos.example/access_token";
  photos_->templates.api_bases = {"https://{shop}.photos.example/api/"};
  photos_->endpoints = nullptr;
  StartRequest request = PhotosStart();
  EXPECT_THAT(TryStart(request), FaultsField("provider_parameters"));
  request.provider_parameters = {{"shop", "evil.example/"}};
  EXPECT_FALSE(TryStart(request).ok());
  EXPECT_EQ(provider_.requests(), 0);
  request.provider_parameters = {{"shop", "tulips"}};
  ASSERT_OK_AND_ASSIGN(const StartedAuthorization started, TryStart(request));
  EXPECT_EQ(provider_.seen()[0].origin.host, "tulips.photos.example");
  ASSERT_OK_AND_ASSIGN(const CompletedAuthorization completed,
                       Complete(provider_.ApproveAs("alice", started.redirect_url), {started.binding_cookie}));
  EXPECT_EQ(provider_.seen()[1].origin.host, "tulips.photos.example");

  SignedCall call;
  call.provider = "photos";
  call.credentials = SealedToken{completed.result.access_token()};
  call.method = "GET";
  call.url = "me";
  ASSERT_THAT(RunTask(loop_, [&, flow_call = NewCall()] { return caller_.Send(call, flow_call); }), IsOk());
  EXPECT_EQ(provider_.seen()[2].origin.host, "tulips.photos.example");
  call.provider_parameters = {{"shop", "roses"}};
  EXPECT_THAT(RunTask(loop_, [&, flow_call = NewCall()] { return caller_.Send(call, flow_call); }),
              FaultsField("provider_parameters"));
}

}  // namespace
}  // namespace oauth1d::flow
