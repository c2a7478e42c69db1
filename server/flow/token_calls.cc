#include "server/flow/token_calls.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/base/sleep.h"
#include "server/flow/token_answers.h"
#include "server/oauth1/encoding.h"
#include "server/oauth1/problem.h"

namespace oauth1d::flow {
namespace {

constexpr absl::Duration kPatiencePerTry = absl::Seconds(7);
constexpr absl::Duration kPatienceInAll = absl::Seconds(15);
constexpr int kMostTries = 3;
constexpr absl::Duration kFirstPause = absl::Milliseconds(50);

// Puts parameters where the phase wants them.
void AddParameters(const oauth1::Parameters& parameters, UnsignedRequest& request) {
  const std::string encoded = oauth1::EncodeForm(parameters);
  if (encoded.empty()) return;
  if (request.phase->parameters_in == providers::ParametersIn::kHeader) {
    for (const oauth1::Parameter& parameter : parameters) request.header_parameters.push_back(parameter);
  } else if (request.phase->parameters_in == providers::ParametersIn::kBody && request.method == "POST") {
    if (request.body.empty()) request.headers.push_back({"Content-Type", oauth1::kFormType});
    absl::StrAppend(&request.body, request.body.empty() ? "" : "&", encoded);
    request.body_kind = oauth1::BodyKind::kForm;
  } else {
    request.url = request.url.WithEncodedQuery(encoded);
  }
}

UnsignedRequest NewRequest(const providers::Phase& phase, const oauth1::Url& url) {
  UnsignedRequest request(phase, phase.method, url);
  AddParameters(phase.parameters, request);
  return request;
}

}  // namespace

Task<egress::HttpResponse> TokenCalls::Send(providers::Client client, UnsignedRequest request, ops::UpstreamCall what,
                                            Call call) {
  Bounds bounds;
  bounds.max_answer_body = call.rules->token_reply_bytes;
  bounds.patience = kPatiencePerTry;
  for (int tries = 1;; ++tries) {
    absl::StatusOr<egress::HttpResponse> answer = co_await upstream_.Send(client, request, bounds, what, call);
    if (!answer.ok()) co_return NoTokenAnswer(answer.status());
    if (tries == 2) co_return answer;
    const ClockLesson lesson = LearnTheTime(backends_, *client.provider, request.url.origin().host, *answer);
    if (!lesson.worth_another_try) co_return answer;
    request.last_timestamp_was_wrong = lesson.learned;
    backends_.metrics.UpstreamRepeated(client.provider->name, ops::RepeatReason::kClock);
  }
}

Task<oauth1::TokenResponse> TokenCalls::FetchOnce(providers::Client client, UnsignedRequest request,
                                                  ops::UpstreamCall what, Call call) {
  CO_ASSIGN_OR_RETURN(const egress::HttpResponse answer, co_await Send(client, request, what, call));
  co_return ReadTokenAnswer(*client.provider, request, answer);
}

Task<oauth1::TokenResponse> TokenCalls::FetchTemporaryCredentials(providers::Client client,
                                                                  std::optional<std::string> callback,
                                                                  oauth1::Parameters parameters, Call call) {
  UnsignedRequest request = NewRequest(client.provider->request_token, *client.endpoints->request_token_url);
  request.callback = std::move(callback);
  AddParameters(parameters, request);
  call.deadline = call.deadline.OrAfter(backends_.environment, kPatienceInAll);
  for (int tries = 1;; ++tries) {
    absl::StatusOr<oauth1::TokenResponse> response =
        co_await FetchOnce(client, request, ops::UpstreamCall::kTemporaryCredentials, call);
    if (response.ok() || !WorthAnotherTry(response.status()) || tries == kMostTries) co_return response;
    const absl::Duration pause = Jittered(backends_.environment, kFirstPause * (1 << tries));
    if (call.deadline.Remaining(backends_.environment) < 2 * pause) co_return response;
    if (!(co_await Sleep(backends_.environment, pause)).ok()) co_return response;
    backends_.metrics.UpstreamRepeated(client.provider->name, WhyRepeated(response.status()));
  }
}

Task<oauth1::TokenResponse> TokenCalls::ExchangeVerifier(providers::Client client, oauth1::TokenCredentials temporary,
                                                         std::string verifier, Call call) {
  UnsignedRequest request = NewRequest(client.provider->access_token, *client.endpoints->access_token_url);
  request.token = std::move(temporary);
  if (!verifier.empty()) request.verifier = std::move(verifier);
  co_return co_await FetchOnce(std::move(client), std::move(request), ops::UpstreamCall::kTokenCredentials,
                               std::move(call));
}

Task<oauth1::TokenResponse> TokenCalls::ExchangePassword(providers::Client client, std::string username,
                                                         Secret password, Call call) {
  UnsignedRequest request = NewRequest(client.provider->access_token, *client.endpoints->access_token_url);
  oauth1::Parameters login;
  login.push_back({"x_auth_mode", "client_auth"});
  login.push_back({"x_auth_password", std::string(password.Reveal())});
  login.push_back({"x_auth_username", std::move(username)});
  AddParameters(login, request);
  for (oauth1::Parameter& parameter : login) WipeText(parameter.value);
  co_return co_await FetchOnce(std::move(client), std::move(request), ops::UpstreamCall::kTokenCredentials,
                               std::move(call));
}

Task<oauth1::TokenResponse> TokenCalls::Renew(providers::Client client, oauth1::TokenCredentials token,
                                              std::string session_handle, Call call) {
  if (client.provider->renewal.by == providers::RenewBy::kUrl) {
    UnsignedRequest request(client.provider->access_token, client.provider->renewal.method,
                            *client.endpoints->renewal_url);
    request.token = token;
    CO_ASSIGN_OR_RETURN(const egress::HttpResponse answer,
                        co_await Send(client, request, ops::UpstreamCall::kTokenCredentials, call));
    CO_RETURN_IF_ERROR(CheckTokenAnswer(*client.provider, request, answer));
    oauth1::TokenResponse same;
    same.credentials = std::move(token);
    co_return same;
  }
  UnsignedRequest request = NewRequest(client.provider->access_token, *client.endpoints->access_token_url);
  request.token = std::move(token);
  request.session_handle = std::move(session_handle);
  co_return co_await FetchOnce(std::move(client), std::move(request), ops::UpstreamCall::kTokenCredentials,
                               std::move(call));
}

Task<bool> TokenCalls::Revoke(providers::Client client, oauth1::TokenCredentials token, Call call) {
  if (!client.endpoints->revocation_url.has_value()) co_return false;
  UnsignedRequest request(client.provider->api, client.provider->revocation_method, *client.endpoints->revocation_url);
  request.token = std::move(token);
  request.hash_body = true;
  CO_ASSIGN_OR_RETURN(const egress::HttpResponse answer, co_await Send(client, request, ops::UpstreamCall::kApi, call));
  const absl::Status taken = CheckTokenAnswer(*client.provider, request, answer);
  if (ReasonOf(taken) == Reason::kProviderBusy) co_return taken;
  // Dead already is dead.
  co_return taken.ok() || oauth1::MeansTokenRejected(OAuthProblemOf(taken));
}

}  // namespace oauth1d::flow
