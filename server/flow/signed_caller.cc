#include "server/flow/signed_caller.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/flow/caller_input.h"
#include "server/flow/gate.h"
#include "server/flow/renewed_credentials.h"

namespace oauth1d::flow {
namespace {

bool IsSafe(absl::string_view method) { return method == "GET" || method == "HEAD" || method == "OPTIONS"; }

}  // namespace

absl::Status NoSignedAnswer(const absl::Status& status, absl::string_view method) {
  if (!absl::IsUnavailable(status) || ReasonOf(status) == Reason::kStoreUnavailable) return status;
  const Sent sent = SentOf(status);
  absl::Status told =
      sent == Sent::kNo || IsSafe(method)
          ? Fail(Reason::kProviderUnreachable, status.message())
          : Fail(Reason::kOutcomeUnknown, absl::StrCat("the request may have taken effect: ", status.message()));
  if (WasNotTried(status)) told = WithRetryAfter(std::move(told), *RetryAfterOf(status));
  return WithHttpStatus(WithSent(std::move(told), sent), HttpStatusOf(status));
}

SignedAnswer Understand(egress::HttpResponse response, const Credentials& credentials) {
  SignedAnswer answer;
  if (response.status >= 400 && response.status < 500) {
    answer.problem = oauth1::FindProblem(Challenges(response), response.body);
    answer.token_rejected =
        credentials.token.has_value() && answer.problem.has_value() && oauth1::MeansTokenRejected(answer.problem->name);
  }
  answer.replacement_access_token = credentials.replacement;
  answer.answer = std::move(response);
  answer.answer.headers = VisibleHeaders(std::move(answer.answer.headers));
  return answer;
}

Task<SignedAnswer> SignedCaller::Send(SignedCall request, Call call) {
  call.facts->provider = request.provider;
  CO_ASSIGN_OR_RETURN(PreparedRequest prepared, PrepareRequest(std::move(request), call, backends_.environment));
  CO_RETURN_IF_ERROR(co_await Enter(backends_, call, prepared.grant));
  Repeats repeats;
  CO_ASSIGN_OR_RETURN(prepared.credentials,
                      co_await RenewIfDue(backends_, keeper_, std::move(prepared.credentials), call, &repeats.renewal));
  prepared.request.token = prepared.credentials.token;
  for (;;) {
    absl::StatusOr<egress::HttpResponse> answer = co_await SendOnce(prepared, call);
    if (answer.ok()) {
      CO_ASSIGN_OR_RETURN(const bool again, co_await IsWorthRepeating(&*answer, &prepared, &repeats, call));
      if (again) continue;
      co_return Understand(*std::move(answer), prepared.credentials);
    }
    const bool never_left = absl::IsUnavailable(answer.status()) && SentOf(answer.status()) == Sent::kNo;
    if (!never_left || repeats.unsent || WasNotTried(answer.status())) {
      absl::Status told = NoSignedAnswer(answer.status(), prepared.request.method);
      if (repeats.renewal) told = WithRenewedToken(std::move(told), prepared.credentials.replacement);
      co_return told;
    }
    repeats.unsent = true;
    backends_.metrics.UpstreamRepeated(prepared.credentials.client.provider->name, ops::RepeatReason::kUnsent);
  }
}

Task<egress::HttpResponse> SignedCaller::SendOnce(PreparedRequest prepared, Call call) {
  const std::string method = prepared.request.method;
  Bounds bounds;
  bounds.max_answer_body = kMaxBody;
  bounds.may_use_stale_connection = IsSafe(method) || method == "PUT" || method == "DELETE";
  absl::StatusOr<egress::HttpResponse> answer = co_await upstream_.Send(
      prepared.credentials.client, std::move(prepared.request), bounds, ops::UpstreamCall::kApi, call);
  if (answer.ok()) call.facts->with_answer = backends_.quotas.AddBytes(answer->body.size());
  co_return answer;
}

Task<bool> SignedCaller::IsWorthRepeating(const egress::HttpResponse* answer, PreparedRequest* prepared,
                                          Repeats* repeats, Call call) {
  if (answer->status < 400 || answer->status >= 500) co_return false;
  const providers::Provider& provider = *prepared->credentials.client.provider;
  ops::Metrics& metrics = backends_.metrics;
  if (!repeats->clock) {
    const ClockLesson lesson = LearnTheTime(backends_, provider, prepared->request.url.origin().host, *answer);
    repeats->clock = lesson.worth_another_try;
    prepared->request.last_timestamp_was_wrong = lesson.learned;
    if (lesson.worth_another_try) {
      metrics.UpstreamRepeated(provider.name, ops::RepeatReason::kClock);
      co_return true;
    }
  }
  const std::optional<oauth1::Problem> problem = oauth1::FindProblem(Challenges(*answer), answer->body);
  if (!problem.has_value()) co_return false;
  // Somebody between us and the provider may have sent the request twice, so it may have taken effect.
  if (!repeats->nonce && problem->name == "nonce_used" && IsSafe(prepared->request.method)) {
    repeats->nonce = true;
    metrics.UpstreamRepeated(provider.name, ops::RepeatReason::kNonce);
    co_return true;
  }
  const std::vector<std::string>& ended = provider.renewal.problems;
  const bool renewable =
      prepared->credentials.sealed.has_value() && provider.renewal.by != providers::RenewBy::kNothing;
  if (repeats->renewal || !renewable || std::find(ended.begin(), ended.end(), problem->name) == ended.end()) {
    co_return false;
  }
  repeats->renewal = true;
  absl::StatusOr<Credentials> credentials = co_await RenewCredentials(backends_, keeper_, prepared->credentials, call);
  if (!credentials.ok()) co_return false;  // the provider's own answer says enough
  prepared->credentials = *std::move(credentials);
  prepared->request.token = prepared->credentials.token;
  metrics.UpstreamRepeated(provider.name, ops::RepeatReason::kRenewed);
  co_return true;
}

}  // namespace oauth1d::flow
