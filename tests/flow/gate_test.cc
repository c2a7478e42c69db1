// What the configuration does not grant is denied, and every decision is told before it takes effect.
#include "server/flow/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/flow/access_tokens.h"
#include "tests/flow/flow_test_fixture.h"

namespace oauth1d::flow {
namespace {

using providers::Rpc;
using ::testing::Not;
using ::testing::SizeIs;

class GateTest : public FlowTest {
 protected:
  providers::Grant& grant() { return owners_[0]->grants[0]; }

  absl::StatusOr<SignedAnswer> Send(const std::string& method, const std::string& url,
                                    std::vector<egress::HeaderField> headers = {}, oauth1::Parameters form = {}) {
    SignedCall request;
    request.provider = "photos";
    request.method = method;
    request.url = url;
    request.headers = std::move(headers);
    if (!form.empty()) request.content = FormBody{std::move(form)};
    const auto answer =
        StartTask(loop_, [&, call = NewCall()]() mutable { return caller_.Send(std::move(request), call); });
    LetTimePassUntilDone(answer);
    return answer->done() ? *answer->result : absl::InternalError("did not end");
  }
};

TEST_F(GateTest, AnRpcThatIsNotListedIsDeniedAndAnotherIsNot) {
  grant().rpcs = {Rpc::kSignedRequest};
  EXPECT_THAT(FindGrant(NewCall("default", Rpc::kSignedRequest), "photos"), IsOk());
  EXPECT_THAT(FindGrant(NewCall("default", Rpc::kStartAuthorization), "photos"), FailsWith(Reason::kCallerNotAllowed));
  EXPECT_THAT(FindGrant(NewCall("other", Rpc::kStartAuthorization), "photos"), IsOk());
  EXPECT_THAT(FindGrant(NewCall(), "nobody"), FailsWith(Reason::kProviderNotFound));
}

TEST_F(GateTest, OnlyListedMethodsAndPathsReachTheProvider) {
  grant().methods = {"GET", "POST"};
  grant().path_prefixes = {"/api/albums", "/api/me/"};
  EXPECT_THAT(Send("GET", "albums"), IsOk());
  EXPECT_THAT(Send("GET", "albums/7?size=l"), IsOk());
  EXPECT_THAT(Send("POST", "me/photo"), IsOk());
  const int seen = provider_.requests();
  EXPECT_THAT(Send("DELETE", "albums/7"), FailsWith(Reason::kCallerNotAllowed));
  EXPECT_THAT(Send("GET", "albumsx"), FailsWith(Reason::kCallerNotAllowed));
  EXPECT_THAT(Send("GET", "me"), FailsWith(Reason::kCallerNotAllowed));
  EXPECT_THAT(Send("GET", "%61lbums"), FailsWith(Reason::kCallerNotAllowed));
  EXPECT_THAT(Send("GET", "albums/../account"), Not(IsOk()));
  EXPECT_EQ(provider_.requests(), seen);
}

TEST_F(GateTest, WhereMethodsAreLimitedNoHeaderOrFieldNamesAnother) {
  EXPECT_THAT(Send("POST", "albums", {{"X-HTTP-Method-Override", "PATCH"}}), IsOk());
  grant().methods = {"POST"};
  EXPECT_THAT(Send("POST", "albums", {{"X-HTTP-Method-Override", "DELETE"}}), FailsWith(Reason::kCallerNotAllowed));
  EXPECT_THAT(Send("POST", "albums", {{"x_http_method", "DELETE"}}), FailsWith(Reason::kCallerNotAllowed));
  EXPECT_THAT(Send("POST", "albums?_method=delete"), FailsWith(Reason::kCallerNotAllowed));
  EXPECT_THAT(Send("POST", "albums", {}, {{"_METHOD", "delete"}}), FailsWith(Reason::kCallerNotAllowed));
  for (const char* const name : {".method", " method", "[method", "_HttpMethod", "X-HTTP-Method-Override"}) {
    EXPECT_THAT(Send("POST", "albums", {}, {{name, "delete"}}), FailsWith(Reason::kCallerNotAllowed)) << name;
  }
  EXPECT_THAT(Send("POST", "albums", {}, {{"title", "delete"}}), IsOk());
}

TEST_F(GateTest, WherePathsAreLimitedNoHeaderNamesAnother) {
  EXPECT_THAT(Send("GET", "albums", {{"X-Original-URL", "/admin"}}), IsOk());
  grant().path_prefixes = {"/api/albums"};
  EXPECT_THAT(Send("GET", "albums", {{"X-Original-URL", "/admin"}}), FailsWith(Reason::kCallerNotAllowed));
  EXPECT_THAT(Send("GET", "albums", {{"x_rewrite_url", "/admin"}}), FailsWith(Reason::kCallerNotAllowed));
}

// Else xAuth, revocation and unsealed tokens could be had by SignedRequest, whatever the grant says.
TEST_F(GateTest, TheProvidersTokenEndpointsAreTheServicesAlone) {
  auto provider = std::make_shared<providers::Provider>(*photos_);
  provider->templates.access_token_url = "https://photos.example/api/access_token?page=Special:Token";
  provider->templates.revocation_url = "https://photos.example/api/revoke";
  provider->endpoints = std::make_shared<providers::Endpoints>(*providers::FillTemplates(provider->templates, {}));
  grant().provider = provider;
  const int seen = provider_.requests();
  for (const char* const url : {"revoke", "revoke/", "REVOKE", "rev%6Fke", "revoke;x=1", "revoke?a=b",
                                "access_token?page=Special:Token", "access_token?x=y&page=special%3Atoken"}) {
    EXPECT_THAT(Send("POST", url), FailsWith(Reason::kDestinationDenied)) << url;
  }
  EXPECT_THAT(Send("POST", "access_token", {}, {{"page", "Special:Token"}}), FailsWith(Reason::kDestinationDenied));
  EXPECT_EQ(provider_.requests(), seen);
  EXPECT_THAT(Send("POST", "access_token?page=Other"), IsOk());
  EXPECT_THAT(Send("GET", "revoked"), IsOk());
}

TEST_F(GateTest, WhatAnHeirFinishesStaysItsOwners) {
  const StartedAuthorization started = Start();
  owners_[1]->also_opens = {"default"};
  const auto completed =
      Complete(provider_.ApproveAs("alice", started.redirect_url), {started.binding_cookie}, "photos", "other");
  ASSERT_THAT(completed, IsOk());
  EXPECT_THAT(OpenAccessToken(NewCall("default"), completed->result.access_token(), "photos", environment_), IsOk());
  EXPECT_THAT(OpenAccessToken(NewCall("other"), completed->result.access_token(), "photos", environment_), IsOk());
}

TEST_F(GateTest, ADecisionIsToldBeforeAnythingIsSent) {
  decisions_.trouble = Fail(Reason::kAuditUnavailable, "the disk is full");
  EXPECT_THAT(TryStart(PhotosStart()), FailsWith(Reason::kAuditUnavailable));
  EXPECT_THAT(Send("GET", "albums"), FailsWith(Reason::kAuditUnavailable));
  EXPECT_EQ(provider_.requests(), 0);
  ASSERT_THAT(decisions_.told, SizeIs(2));
  EXPECT_TRUE(decisions_.told[1].allowed);
  EXPECT_EQ(decisions_.told[1].rpc, "SignedRequest");
  EXPECT_EQ(decisions_.told[1].identity, "someone");
  EXPECT_EQ(decisions_.told[1].owner, "default");
  EXPECT_EQ(decisions_.told[1].provider, "photos");
  EXPECT_EQ(decisions_.told[1].http_method, "GET");
}

TEST_F(GateTest, ALoginIsOneDecisionAtEachOfItsSteps) {
  const StartedAuthorization started = Start();
  const std::string callback = provider_.ApproveAs("alice", started.redirect_url);
  EXPECT_THAT(Complete(callback, {started.binding_cookie}), IsOk());
  EXPECT_THAT(decisions_.told, SizeIs(2));
  EXPECT_NE(decisions_.told[0].state_id, "");
  EXPECT_EQ(decisions_.told[0].state_id, decisions_.told[1].state_id);
}

TEST_F(GateTest, NothingIsSignedForACallThatNobodyDecidedAbout) {
  RequestSigner signer(backends_);
  absl::StatusOr<providers::Client> client = providers::FindClient(photos_, "", {});
  ASSERT_THAT(client, IsOk());
  UnsignedRequest request(photos_->api, "GET", *oauth1::Url::Parse("https://photos.example/api/albums"));
  EXPECT_THAT(RunTask(loop_, [&] { return signer.Sign(*client, request, NewCall()); }).status().code(),
              absl::StatusCode::kInternal);
}

TEST_F(GateTest, ADeniedCallIsToldWithItsReasonAndWithoutTheCallersText) {
  Call call = NewCall();
  call.facts->provider = "<script>";
  const Decision decision = DecisionOf(call, "PROVIDER_NOT_FOUND");
  EXPECT_FALSE(decision.allowed);
  EXPECT_EQ(decision.provider, "");
  EXPECT_EQ(decision.reason, "PROVIDER_NOT_FOUND");
}

TEST_F(GateTest, MoreLoginsUnderWayThanAnOwnerMayHaveAreRefusedBeforeAnyWork) {
  owners_[0]->pending_flows = 2;
  const StartedAuthorization first = Start();
  Start();
  const int seen = provider_.requests();
  const absl::Status refused = TryStart(PhotosStart()).status();
  EXPECT_THAT(refused, FailsWith(Reason::kQuotaExceeded));
  EXPECT_TRUE(RetryAfterOf(refused).has_value());
  EXPECT_EQ(provider_.requests(), seen);
  EXPECT_THAT(TryStart(PhotosStart(), "other"), IsOk());
  // One that ends makes room, and so does time.
  EXPECT_THAT(Complete(provider_.ApproveAs("alice", first.redirect_url), {first.binding_cookie}), IsOk());
  EXPECT_THAT(TryStart(PhotosStart()), IsOk());
  EXPECT_THAT(TryStart(PhotosStart()), FailsWith(Reason::kQuotaExceeded));
  environment_.Advance(rules_->flow_life);
  EXPECT_THAT(TryStart(PhotosStart()), IsOk());
}

TEST_F(GateTest, AStartThatFailsTakesNoPlace) {
  owners_[0]->pending_flows = 1;
  store_.put_error = Fail(Reason::kStoreFull, "full");
  EXPECT_THAT(TryStart(PhotosStart()), FailsWith(Reason::kStoreFull));
  store_.put_error = absl::OkStatus();
  EXPECT_THAT(TryStart(PhotosStart()), IsOk());
}

}  // namespace
}  // namespace oauth1d::flow
