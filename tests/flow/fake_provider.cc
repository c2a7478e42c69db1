#include "tests/flow/fake_provider.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/base/failure.h"
#include "server/oauth1/encoding.h"
#include "server/oauth1/url.h"

namespace oauth1d::flow {
namespace {

std::map<std::string, std::string> ProtocolParameters(const egress::HttpRequest& request) {
  std::map<std::string, std::string> parameters;
  absl::string_view header = egress::FindHeader(request.headers, "Authorization");
  EXPECT_TRUE(absl::ConsumePrefix(&header, "OAuth "));
  for (const absl::string_view piece : absl::StrSplit(header, ", ")) {
    const std::pair<std::string, std::string> pair = absl::StrSplit(piece, absl::MaxSplits('=', 1));
    parameters[pair.first] = oauth1::PercentDecode(pair.second.substr(1, pair.second.size() - 2));
  }
  return parameters;
}

egress::HttpResponse Response(int status, std::string body) {
  egress::HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

}  // namespace

Task<egress::HttpResponse> FakeProvider::Send(egress::HttpRequest request, Deadline deadline) {
  seen_.push_back(request);
  if (misfortunes_.empty()) co_return Answer(request);
  const Misfortune misfortune = misfortunes_.front();
  misfortunes_.pop_front();
  switch (misfortune.kind) {
    case Misfortune::Kind::kNeverLeft:
      co_return WithSent(Fail(Reason::kProviderUnreachable, "no connection"), Sent::kNo);
    case Misfortune::Kind::kHeardNoReply:
      Answer(request);
      co_return WithSent(Fail(Reason::kProviderUnreachable, "the connection died"), Sent::kYes);
    case Misfortune::Kind::kAnswer: {
      egress::HttpResponse told = Response(misfortune.status, misfortune.body);
      told.headers = misfortune.headers;
      co_return told;
    }
    case Misfortune::Kind::kHang:
      break;
  }
  egress::HttpResponse answer = Answer(request);
  const auto released = std::make_shared<Event<bool>>();
  hanging_.push_back(released);
  const std::optional<bool> value = co_await released->Wait(environment_, deadline);
  if (!value.has_value()) co_return WithSent(Fail(Reason::kDeadline, "too late"), Sent::kYes);
  co_return answer;
}

Task<> FakeProvider::Stream(egress::HttpRequest request, egress::BodySource* body, std::string body_end,
                            std::optional<uint64_t> content_length, egress::AnswerSink* answer, Deadline deadline) {
  while (body != nullptr) {
    CO_ASSIGN_OR_RETURN(const std::optional<std::string> piece, co_await body->Next());
    if (!piece.has_value()) break;
    request.body += *piece;
  }
  request.body += body_end;
  EXPECT_EQ(content_length.value_or(request.body.size()), request.body.size());
  CO_ASSIGN_OR_RETURN(egress::HttpResponse response, co_await Send(std::move(request), deadline));
  const std::string whole = std::exchange(response.body, "");
  CO_RETURN_IF_ERROR(co_await answer->Begin(std::move(response)));
  if (!whole.empty()) CO_RETURN_IF_ERROR(co_await answer->Take(whole));
  co_return absl::OkStatus();
}

void FakeProvider::ReleaseHanging() {
  for (const auto& event : std::exchange(hanging_, {})) event->Set(true);
}

egress::HttpResponse FakeProvider::Answer(const egress::HttpRequest& request) {
  std::map<std::string, std::string> parameters = ProtocolParameters(request);
  if (!nonces_.insert(parameters["oauth_nonce"]).second) return Response(401, "oauth_problem=nonce_used");
  if (absl::StartsWith(request.target, "/request_token")) return IssueTemporary(std::move(parameters));
  if (absl::StartsWith(request.target, "/access_token")) return Exchange(std::move(parameters));
  const auto user = users_.find(parameters["oauth_token"]);
  if (absl::StartsWith(request.target, "/renew") && user != users_.end()) {
    ++renewals_;
    return Response(200, "Access Token has been renewed");
  }
  if (user == users_.end()) {
    return Response(401, handles_.contains(parameters["oauth_token"]) ? "oauth_problem=token_expired"
                                                                      : "oauth_problem=token_rejected");
  }
  if (absl::StartsWith(request.target, "/revoke")) {
    users_.erase(user);
    handles_.erase(parameters["oauth_token"]);
    return Response(200, "");
  }
  return Response(200, user->second);
}

egress::HttpResponse FakeProvider::IssueTemporary(std::map<std::string, std::string> parameters) {
  const std::string token = absl::StrCat("temporary-", ++issued_);
  temporary_[token].callback = parameters["oauth_callback"];
  return Response(200, absl::StrCat("oauth_token=", token, "&oauth_token_secret=temporary-secret-", issued_,
                                    confirms_callback_ ? "&oauth_callback_confirmed=true" : ""));
}

egress::HttpResponse FakeProvider::Exchange(std::map<std::string, std::string> parameters) {
  if (parameters.contains("oauth_session_handle")) return Renew(std::move(parameters));
  const auto found = temporary_.find(parameters["oauth_token"]);
  if (found == temporary_.end() || found->second.spent) return Response(401, "oauth_problem=token_used");
  Temporary& temporary = found->second;
  if (temporary.verifier.empty() || temporary.verifier != parameters["oauth_verifier"]) {
    return Response(401, "oauth_problem=verifier_invalid");
  }
  temporary.spent = true;
  ++exchanges_;
  return Issue(temporary.user);
}

// The old token dies with its handle: a renewal that is lost is a login that is lost, unless somebody kept its answer.
egress::HttpResponse FakeProvider::Renew(std::map<std::string, std::string> parameters) {
  const auto handle = handles_.find(parameters["oauth_token"]);
  if (handle == handles_.end() || handle->second != parameters["oauth_session_handle"]) {
    return Response(401, "oauth_problem=token_rejected&oauth_problem_advice=log%20in%20again");
  }
  handles_.erase(handle);
  users_.erase(parameters["oauth_token"]);
  ++renewals_;
  return Issue("alice");
}

egress::HttpResponse FakeProvider::Issue(const std::string& user) {
  const std::string token = absl::StrCat("access-", ++tokens_);
  users_[token] = user;
  std::string body = absl::StrCat("oauth_token=", token, "&oauth_token_secret=access-secret&screen_name=", user);
  if (issues_session_handles_) {
    handles_[token] = absl::StrCat("handle-", tokens_);
    absl::StrAppend(&body, "&oauth_expires_in=3600&oauth_session_handle=", handles_[token]);
  }
  return Response(200, body);
}

std::string FakeProvider::ApproveAs(const std::string& user, const std::string& redirect_url) {
  const absl::StatusOr<oauth1::Url> url = oauth1::Url::Parse(redirect_url);
  EXPECT_TRUE(url.ok()) << url.status();
  std::string token;
  for (const oauth1::Parameter& parameter : oauth1::ParseForm(url->query())) {
    if (parameter.name == "oauth_token") token = parameter.value;
  }
  Temporary& temporary = temporary_.at(token);
  temporary.user = user;
  temporary.verifier = absl::StrCat("verifier-", token);
  if (temporary.callback == "oob") return temporary.verifier;
  return absl::StrCat(temporary.callback, "&oauth_token=", token, "&oauth_verifier=", temporary.verifier);
}

}  // namespace oauth1d::flow
