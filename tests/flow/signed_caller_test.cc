#include "server/flow/signed_caller.h"

#include "absl/strings/str_cat.h"
#include "tests/flow/flow_test_fixture.h"

namespace oauth1d::flow {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SignedCallerTest : public FlowTest {
 protected:
  SignedCallerTest() {
    const StartedAuthorization started = Start();
    const auto completed = Complete(provider_.ApproveAs("alice", started.redirect_url), {started.binding_cookie});
    EXPECT_THAT(completed, IsOk());
    access_token_ = completed->result.access_token();
    before_ = provider_.requests();
  }

  SignedCall NewCallFor(const std::string& method, const std::string& url) const {
    SignedCall call;
    call.provider = "photos";
    call.credentials = SealedToken{access_token_};
    call.method = method;
    call.url = url;
    return call;
  }

  absl::StatusOr<SignedAnswer> Send(SignedCall call, const std::string& owner = "default") {
    return RunTask(loop_, [&, flow_call = NewCall(owner)] { return caller_.Send(std::move(call), flow_call); });
  }

  int sent() const { return provider_.requests() - before_; }

  std::string access_token_;
  int before_ = 0;
};

TEST_F(SignedCallerTest, CallsForTheUser) {
  SignedCall call = NewCallFor("GET", "me?a=1&a=2");
  call.query = {{"q", "r b"}, {"q", "*"}};
  ASSERT_OK_AND_ASSIGN(const SignedAnswer answer, Send(call));
  EXPECT_EQ(answer.answer.status, 200);
  EXPECT_EQ(answer.answer.body, "alice");
  EXPECT_EQ(answer.replacement_access_token, "");
  EXPECT_EQ(provider_.seen().back().target, "/api/me?a=1&a=2&q=r%20b&q=%2A");
  EXPECT_EQ(egress::FindHeader(provider_.seen().back().headers, "accept-encoding"), "identity");
}

TEST_F(SignedCallerTest, SendsBodiesAsTheyAre) {
  SignedCall call = NewCallFor("POST", "upload");
  call.content = RawBody{"{\"a\": 1}\n", "application/json; charset=utf-8"};
  ASSERT_THAT(Send(call), IsOk());
  EXPECT_EQ(provider_.seen().back().body, "{\"a\": 1}\n");
  EXPECT_EQ(egress::FindHeader(provider_.seen().back().headers, "content-type"), "application/json; charset=utf-8");
  EXPECT_FALSE(provider_.seen().back().may_use_stale_connection);

  call.content = FormBody{{{"status", "Hello Ladies + Gentlemen"}, {"a", "1"}, {"a", ""}}};
  ASSERT_THAT(Send(call), IsOk());
  EXPECT_EQ(provider_.seen().back().body, "status=Hello%20Ladies%20%2B%20Gentlemen&a=1&a=");

  call.content = RawBody{"a=b+c&d", "Application/X-WWW-form-urlencoded ; charset=utf-8"};
  ASSERT_THAT(Send(call), IsOk());
  EXPECT_EQ(provider_.seen().back().body, "a=b+c&d") << "signed as a form, sent unchanged";

  call.content = MultipartBody{{{"file", "a \"b\".png", "image/png", std::string("\0\r\n--", 5)}}};
  ASSERT_THAT(Send(call), IsOk());
  EXPECT_THAT(provider_.seen().back().body, HasSubstr("filename=\"a %22b%22.png\"\r\nContent-Type: image/png\r\n\r\n"));
}

TEST_F(SignedCallerTest, EveryMistakeIsToldAndNothingIsSent) {
  SignedCall call = NewCallFor("get", "me");
  call.query = {{"oauth_token", "x"}};
  call.headers = {{"Host", "evil"}, {"A", "b\r\nc"}};
  call.content = FormBody{{{"oauth_verifier", "x"}}};
  const absl::Status status = Send(call).status();
  EXPECT_THAT(status, FaultsField("call.method"));
  EXPECT_THAT(status, FaultsField("call.query[0].name"));
  EXPECT_THAT(status, FaultsField("call.headers[0].name"));
  EXPECT_THAT(status, FaultsField("call.headers[1].value"));
  EXPECT_THAT(status, FaultsField("call.form.fields[0].name"));
  EXPECT_THAT(Send(NewCallFor("GET", "me?oauth_token=x")), FaultsField("call.url query[0].name"));
  SignedCall raw = NewCallFor("POST", "me");
  raw.content = RawBody{"oauth_signature=x", "application/x-www-form-urlencoded"};
  EXPECT_THAT(Send(raw), FaultsField("call.body[0].name"));
  raw.content = RawBody{std::string(kMaxBody + 1, 'x'), ""};
  EXPECT_THAT(Send(raw), FaultsField("call"));
  EXPECT_THAT(Send(NewCallFor("GET", "a b")), FaultsField("call.url"));
  EXPECT_THAT(Send(NewCallFor("GET", "../admin")), FailsWith(Reason::kDestinationDenied));
  EXPECT_THAT(Send(NewCallFor("GET", "https://evil.example/api/me")), FailsWith(Reason::kDestinationDenied));
  EXPECT_EQ(sent(), 0);
}

TEST_F(SignedCallerTest, ATokenWorksForItsOwnerAndProviderAlone) {
  EXPECT_THAT(Send(NewCallFor("GET", "me"), "other"), FailsWith(Reason::kTokenInvalid));
  SignedCall call = NewCallFor("GET", "me");
  call.provider = "maps";
  EXPECT_THAT(Send(call), FailsWith(Reason::kTokenInvalid));
  call = NewCallFor("GET", "me");
  call.consumer = "main";
  EXPECT_THAT(Send(call), FaultsField("consumer"));
  EXPECT_EQ(sent(), 0);
}

TEST_F(SignedCallerTest, ProviderTokensAndApplicationsSignToo) {
  SignedCall call = NewCallFor("GET", "me");
  call.credentials = oauth1::TokenCredentials{"access-1", Secret("access-secret")};
  EXPECT_THAT(Send(call), IsOk());
  call.credentials = ApplicationCredentials{};
  ASSERT_OK_AND_ASSIGN(const SignedAnswer answer, Send(call));
  EXPECT_EQ(answer.answer.status, 401) << "an answer of the provider is no error";
  EXPECT_FALSE(answer.token_rejected) << "there was none";
  EXPECT_THAT(std::string(egress::FindHeader(provider_.seen().back().headers, "authorization")),
              Not(HasSubstr("oauth_token=")));
}

TEST_F(SignedCallerTest, UnderstandsThatTheTokenIsNoLongerTaken) {
  provider_.Next(Answer(401, "oauth_problem=token_rejected&oauth_problem_advice=log+in%0Aagain"));
  ASSERT_OK_AND_ASSIGN(const SignedAnswer answer, Send(NewCallFor("GET", "me")));
  EXPECT_TRUE(answer.token_rejected);
  ASSERT_TRUE(answer.problem.has_value());
  EXPECT_EQ(answer.problem->name, "token_rejected");
  EXPECT_EQ(answer.problem->advice, "log in\\x0aagain");
}

// requests-oauthlib signed the request anew for wherever it was sent.
TEST_F(SignedCallerTest, ARedirectIsAnAnswerAndNothingIsSignedForIt) {
  for (const int status : {301, 302, 303, 307, 308}) {
    const int before = sent();
    Misfortune elsewhere = Answer(status, "moved");
    elsewhere.headers = {{"Location", "https://photos.example.evil/api/me"}};
    provider_.Next(elsewhere);
    ASSERT_OK_AND_ASSIGN(const SignedAnswer answer, Send(NewCallFor("GET", "me")));
    EXPECT_EQ(answer.answer.status, status);
    EXPECT_EQ(answer.answer.body, "moved");
    EXPECT_EQ(sent(), before + 1);
  }
}

TEST_F(SignedCallerTest, WhatNeverLeftIsSentOnceMoreWithANewNonce) {
  provider_.Next(NeverLeft());
  EXPECT_THAT(Send(NewCallFor("POST", "me")), IsOk());
  ASSERT_EQ(sent(), 2);
  const auto& seen = provider_.seen();
  EXPECT_NE(egress::FindHeader(seen[seen.size() - 2].headers, "authorization"),
            egress::FindHeader(seen.back().headers, "authorization"));
  provider_.Next(NeverLeft());
  provider_.Next(NeverLeft());
  const absl::Status unreachable = Send(NewCallFor("POST", "me")).status();
  EXPECT_THAT(unreachable, FailsWith(Reason::kProviderUnreachable));
  EXPECT_EQ(SentOf(unreachable), Sent::kNo);
}

TEST_F(SignedCallerTest, WhatMayHaveBeenHeardIsNeverSentAgain) {
  provider_.Next(HeardNoReply());
  const absl::Status post = Send(NewCallFor("POST", "me")).status();
  EXPECT_THAT(post, FailsWith(Reason::kOutcomeUnknown));
  EXPECT_EQ(SentOf(post), Sent::kYes);
  provider_.Next(HeardNoReply());
  const absl::Status get = Send(NewCallFor("GET", "me")).status();
  EXPECT_THAT(get, FailsWith(Reason::kProviderUnreachable)) << "safe to repeat, but not behind the caller's back";
  EXPECT_EQ(SentOf(get), Sent::kYes);
  EXPECT_EQ(sent(), 2);
}

}  // namespace
}  // namespace oauth1d::flow
