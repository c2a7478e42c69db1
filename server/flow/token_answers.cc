#include "server/flow/token_answers.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/base/status_macros.h"
#include "server/flow/breakers.h"
#include "server/oauth1/problem.h"

namespace oauth1d::flow {
namespace {

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
          : Fail(Reason::kProviderRejected, has_token ? "the provider refused the verifier or the token; begin the "
                                                        "login anew"
                                                      : "the provider refused to begin a login");
  status = WithOAuthProblem(std::move(status), name);
  return WithOAuthAdvice(std::move(status), problem.has_value() ? problem->advice : "");
}

// OK where the provider took the request.
absl::Status Judge(const providers::Provider& provider, const UnsignedRequest& request,
                   const egress::HttpResponse& answer) {
  const bool has_token = request.token.has_value();
  const bool says_no = !provider.refusal_prefix.empty() &&
                       absl::StartsWith(absl::StripLeadingAsciiWhitespace(answer.body), provider.refusal_prefix);
  if (answer.status == 429 || answer.status >= 500) {
    absl::Status status =
        Fail(Reason::kProviderBusy, absl::StrCat("the provider is busy or broken: HTTP ", answer.status));
    int seconds = 0;
    const bool told = absl::SimpleAtoi(egress::FindHeader(answer.headers, "retry-after"), &seconds);
    return WithRetryAfter(std::move(status), absl::Seconds(told && seconds > 0 && seconds < 3600 ? seconds : 1));
  }
  if (answer.status >= 400 || says_no) return Refusal(answer, has_token);
  if (answer.status >= 200 && answer.status < 300) return absl::OkStatus();
  return Fail(Reason::kBadTokenResponse,
              absl::StrCat("the provider answered HTTP ", answer.status, "; redirects are not followed"));
}

}  // namespace

absl::Status CheckTokenAnswer(const providers::Provider& provider, const UnsignedRequest& request,
                              const egress::HttpResponse& answer) {
  absl::Status status = Judge(provider, request, answer);
  if (status.ok()) return status;
  return WithSent(WithHttpStatus(std::move(status), answer.status), Sent::kYes);
}

absl::StatusOr<oauth1::TokenResponse> ReadTokenAnswer(const providers::Provider& provider,
                                                      const UnsignedRequest& request,
                                                      const egress::HttpResponse& answer) {
  RETURN_IF_ERROR(CheckTokenAnswer(provider, request, answer));
  absl::StatusOr<oauth1::TokenResponse> response = oauth1::ParseTokenResponse(answer.body, provider.token_response);
  if (response.ok()) return response;
  // Some providers refuse with status 200 and the problem in the body.
  const std::optional<oauth1::Problem> problem = oauth1::FindProblem(Challenges(answer), answer.body);
  absl::Status status = problem.has_value() ? Refusal(answer, request.token.has_value()) : response.status();
  return WithSent(WithHttpStatus(std::move(status), answer.status), Sent::kYes);
}

absl::Status NoTokenAnswer(const absl::Status& status) {
  if (WasNotTried(status) || ReasonOf(status) == Reason::kStoreUnavailable) return status;
  const bool begun = HttpStatusOf(status) >= 200 && HttpStatusOf(status) < 300;
  absl::Status told = status;
  if (ReasonOf(status) == Reason::kResponseTooLarge) {
    told = Fail(Reason::kBadTokenResponse,
                "the provider's token response is longer than the configuration allows (limits.token_reply_kilobytes)");
  } else if (absl::IsUnavailable(status) && begun) {
    told = Fail(Reason::kBadTokenResponse, "the provider's token response was cut off");
  } else if (absl::IsUnavailable(status)) {
    told = Fail(Reason::kProviderUnreachable, status.message());
  }
  return WithHttpStatus(WithSent(std::move(told), SentOf(status)), HttpStatusOf(status));
}

bool WorthAnotherTry(const absl::Status& status) {
  const Reason reason = ReasonOf(status);
  return reason == Reason::kProviderBusy || (reason == Reason::kProviderUnreachable && !WasNotTried(status));
}

ops::RepeatReason WhyRepeated(const absl::Status& status) {
  return ReasonOf(status) == Reason::kProviderBusy ? ops::RepeatReason::kBusy : ops::RepeatReason::kUnsent;
}

}  // namespace oauth1d::flow
