#include "server/flow/token_calls.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/base/sleep.h"
#include "server/oauth1/encoding.h"
#include "server/oauth1/problem.h"

namespace oauth1d::flow {
namespace {

constexpr size_t kMaxTokenReply = 64 * 1024;
constexpr absl::Duration kPatiencePerTry = absl::Seconds(7);
constexpr absl::Duration kPatienceInAll = absl::Seconds(15);
constexpr int kMostTries = 3;
constexpr absl::Duration kFirstPause = absl::Milliseconds(50);

bool WorthAnotherTry(const absl::Status& status) {
  const Reason reason = ReasonOf(status);
  return reason == Reason::kProviderBusy || reason == Reason::kProviderUnreachable;
}

absl::Status Refusal(const egress::HttpResponse& answer, bool has_token) {
  const std::optional<oauth1::Problem> problem = oauth1::FindProblem(Challenges(answer), answer.body);
  const std::string name = problem.has_value() ? problem->name : "";
  // The temporary credential request is signed with the consumer's credentials alone, so an unexplained 401 is
  // about them.
  const bool about_consumer =
      oauth1::MeansConsumerRejected(name) || (!has_token && name.empty() && answer.status == 401);
  absl::Status status =
      about_consumer
          ? Fail(Reason::kConsumerRejected,
                 "the provider refused the consumer key or its signature; the operator must "
                 "check key and secret")
          : Fail(Reason::kProviderRejected, has_token ? "the provider refused the verifier; begin the login anew"
                                                      : "the provider refused to begin a login");
  return WithOAuthProblem(std::move(status), name);
}

absl::StatusOr<oauth1::TokenResponse> ReadAnswer(const egress::HttpResponse& answer, bool has_token) {
  absl::Status status;
  if (answer.status >= 200 && answer.status < 300) {
    absl::StatusOr<oauth1::TokenResponse> response = oauth1::ParseTokenResponse(answer.body);
    if (response.ok()) return response;
    status = response.status();
  } else if (answer.status == 429 || answer.status >= 500) {
    status = Fail(Reason::kProviderBusy, absl::StrCat("the provider is busy or broken: HTTP ", answer.status));
    int seconds = 0;
    const bool told = absl::SimpleAtoi(egress::FindHeader(answer.headers, "retry-after"), &seconds);
    status = WithRetryAfter(std::move(status), absl::Seconds(told && seconds > 0 && seconds < 3600 ? seconds : 1));
  } else if (answer.status >= 400) {
    status = Refusal(answer, has_token);
  } else {
    status = Fail(Reason::kBadTokenResponse,
                  absl::StrCat("the provider answered HTTP ", answer.status, "; redirects are not followed"));
  }
  return WithSent(WithHttpStatus(std::move(status), answer.status), Sent::kYes);
}

// What the HTTP client could not finish, in the words of a token call.
absl::Status NoAnswer(const absl::Status& status) {
  const bool begun = HttpStatusOf(status) >= 200 && HttpStatusOf(status) < 300;
  absl::Status told = status;
  if (ReasonOf(status) == Reason::kResponseTooLarge) {
    told = Fail(Reason::kBadTokenResponse, "the provider's token response is longer than 64 KiB");
  } else if (absl::IsUnavailable(status) && begun) {
    told = Fail(Reason::kBadTokenResponse, "the provider's token response was cut off");
  } else if (absl::IsUnavailable(status)) {
    told = Fail(Reason::kProviderUnreachable, status.message());
  }
  return WithHttpStatus(WithSent(std::move(told), SentOf(status)), HttpStatusOf(status));
}

}  // namespace

Task<oauth1::TokenResponse> TokenCalls::TryOnce(std::shared_ptr<const providers::Provider> provider,
                                                providers::Consumer consumer, UnsignedRequest request, Call call) {
  CO_ASSIGN_OR_RETURN(egress::HttpRequest http, SignedHttpRequest(*provider, consumer, request, backends_.environment));
  http.max_answer_body = kMaxTokenReply;
  http.patience = kPatiencePerTry;
  ++call.facts->attempts;
  const absl::Duration before = backends_.environment.Uptime();
  const absl::StatusOr<egress::HttpResponse> answer = co_await backends_.http.Send(std::move(http), call.deadline);
  call.facts->upstream_time += backends_.environment.Uptime() - before;
  if (!answer.ok()) co_return NoAnswer(answer.status());
  call.facts->http_status = answer->status;
  co_return ReadAnswer(*answer, request.token.has_value());
}

Task<oauth1::TokenResponse> TokenCalls::FetchTemporaryCredentials(std::shared_ptr<const providers::Provider> provider,
                                                                  providers::Consumer consumer, std::string callback,
                                                                  oauth1::Parameters parameters, Call call) {
  UnsignedRequest request(provider->token_method, *provider->request_token_url);
  request.callback = std::move(callback);
  const std::string encoded = oauth1::EncodeForm(parameters);
  if (request.method == "POST" && !encoded.empty()) {
    request.body = encoded;
    request.body_is_form = true;
    request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
  } else {
    request.url = request.url.WithEncodedQuery(encoded);
  }
  call.deadline = call.deadline.OrAfter(backends_.environment, kPatienceInAll);
  for (int tries = 1;; ++tries) {
    absl::StatusOr<oauth1::TokenResponse> response = co_await TryOnce(provider, consumer, request, call);
    if (response.ok() || !WorthAnotherTry(response.status()) || tries == kMostTries) co_return response;
    const absl::Duration pause = Jittered(backends_.environment, kFirstPause * (1 << tries));
    if (call.deadline.Remaining(backends_.environment) < 2 * pause) co_return response;
    if (!(co_await Sleep(backends_.environment, pause)).ok()) co_return response;
  }
}

Task<oauth1::TokenResponse> TokenCalls::ExchangeVerifier(std::shared_ptr<const providers::Provider> provider,
                                                         providers::Consumer consumer,
                                                         oauth1::TokenCredentials temporary, std::string verifier,
                                                         Call call) {
  UnsignedRequest request(provider->token_method, *provider->access_token_url);
  request.token = std::move(temporary);
  request.verifier = std::move(verifier);
  co_return co_await TryOnce(std::move(provider), std::move(consumer), std::move(request), std::move(call));
}

}  // namespace oauth1d::flow
