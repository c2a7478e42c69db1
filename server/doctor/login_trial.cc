#include "server/doctor/login_trial.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/failure.h"
#include "server/flow/callback_urls.h"
#include "server/flow/gate.h"
#include "server/flow/token_calls.h"
#include "server/oauth1/token_response.h"

namespace oauth1d::doctor {
namespace {

constexpr char kRequestToken[] = "request token";
constexpr char kCallback[] = "callback";
constexpr char kClock[] = "clock";
constexpr absl::Duration kPatience = absl::Seconds(25);
// A Date field counts whole seconds, and answers take their time.
constexpr absl::Duration kSameTime = absl::Seconds(10);
// What most providers put up with.
constexpr absl::Duration kTolerated = absl::Minutes(5);
// What the service believes (ClockOffsets::Learn).
constexpr absl::Duration kMostBelieved = absl::Hours(1);

struct Meaning {
  Fault fault;
  std::string advice;
};

// What the provider's own word for a refusal means (the Problem Reporting extension).
std::optional<Meaning> MeaningOf(absl::string_view problem) {
  if (problem == "consumer_key_unknown" || problem == "consumer_key_rejected" || problem == "consumer_key_refused") {
    return Meaning{Fault::kOurs,
                   "the provider does not know this consumer key, or has locked it: compare `key` with the "
                   "provider's page for developers"};
  }
  if (problem == "signature_invalid") {
    return Meaning{Fault::kOurs,
                   "our signature does not hold: the consumer's `secret` is wrong, or the provider "
                   "computes another base string (oauth1ctl explain shows ours)"};
  }
  if (problem == "signature_method_rejected") {
    return Meaning{Fault::kOurs, "the provider wants another `signature_method`"};
  }
  if (problem == "timestamp_refused") {
    return Meaning{Fault::kOurs, "our clock and the provider's differ too much; see the line `clock`"};
  }
  if (problem == "nonce_used") {
    return Meaning{Fault::kTheirs, "the provider saw this request twice: something between us repeats requests"};
  }
  if (problem == "parameter_absent" || problem == "parameter_rejected" || problem == "version_rejected") {
    return Meaning{Fault::kOurs, "the record of the provider does not fit: `placement`, `callback_mode` or parameters"};
  }
  return std::nullopt;
}

Meaning MeaningOf(const absl::Status& refused) {
  if (const std::optional<Meaning> told = MeaningOf(OAuthProblemOf(refused)); told.has_value()) return *told;
  switch (ReasonOf(refused)) {
    case Reason::kConsumerRejected:
      return {Fault::kOurs, "compare the consumer's `key` and `secret` with the provider's page for developers"};
    case Reason::kProviderRejected:
      return {Fault::kOurs,
              "compare the callback with the one that is registered with the provider, and the request "
              "token URL with its documentation"};
    case Reason::kDestinationDenied:
      return {Fault::kOurs, "the URL leads where the configuration does not let it go"};
    case Reason::kBadTokenResponse:
      return {Fault::kTheirs,
              "what answers there does not speak OAuth: is the request token URL right? else see the "
              "provider's status page"};
    case Reason::kProviderBusy:
      return {Fault::kTheirs, "the provider is overloaded or broken: see its status page"};
    case Reason::kProviderUnreachable:
      return {Fault::kTheirs, "the connection was made, but no answer came: see the provider's status page"};
    default:
      return {Fault::kOurs, "please report it"};
  }
}

std::string Describe(const absl::Status& refused) {
  std::string text;
  if (HttpStatusOf(refused) != 0) absl::StrAppend(&text, "HTTP ", HttpStatusOf(refused), ": ");
  absl::StrAppend(&text, refused.message());
  const std::string problem = OAuthProblemOf(refused);
  const std::string advice = OAuthAdviceOf(refused);
  if (!problem.empty()) absl::StrAppend(&text, "; oauth_problem=", problem);
  if (!advice.empty()) absl::StrAppend(&text, " (", advice, ")");
  return text;
}

void TellConfirmation(const providers::Provider& provider, const oauth1::Parameters& others, Findings* findings) {
  if (oauth1::CallbackConfirmed(others)) return findings->Ok(kCallback, "confirmed");
  const std::string text = "the answer has no oauth_callback_confirmed=true (RFC 5849 section 2.1)";
  switch (provider.callback_confirmed) {
    case providers::CallbackConfirmed::kRequire:
      return findings->Fail(kCallback, Fault::kTheirs, text,
                            "logins are refused: a provider that forgets the callback lets others fix a session (OAuth "
                            "advisory 2009.1); if this one never confirms, set callback_confirmed: warn");
    case providers::CallbackConfirmed::kWarn:
      return findings->Look(kCallback, text, "callback_confirmed: warn lets logins go on");
    case providers::CallbackConfirmed::kIgnore:
      return findings->Ok(kCallback, "not confirmed, and callback_confirmed: ignore does not ask for it");
  }
}

void TellClock(const std::vector<OverheardAnswer>& answers, Findings* findings) {
  if (answers.empty()) return;
  const std::optional<absl::Duration> offset = answers.front().clock_offset;
  if (!offset.has_value()) {
    return findings->Look(kClock, "the answer has no Date field to compare with", "compare by hand if logins fail");
  }
  const absl::Duration size = absl::AbsDuration(*offset);
  const std::string text =
      size <= kSameTime ? "the same as ours"
                        : absl::StrFormat("%s %s ours", absl::FormatDuration(absl::Trunc(size, absl::Seconds(1))),
                                          *offset > absl::ZeroDuration() ? "ahead of" : "behind");
  if (size <= kSameTime) return findings->Ok(kClock, text);
  if (size <= kTolerated) {
    return findings->Look(kClock, text, "most providers put up with it; is this host's time synchronized?");
  }
  const char* const cure = size <= kMostBelieved
                               ? "is this host's time synchronized? until then the service learns the provider's time "
                                 "from its first refusal and signs by it"
                               : "is this host's time synchronized? more than an hour is not believed: the service "
                                 "goes on signing by its own clock, and is refused";
  findings->Fail(kClock, Fault::kOurs, text, cure);
}

}  // namespace

const std::vector<std::string>& LoginSteps() {
  static const auto* const steps = new std::vector<std::string>{kRequestToken, kCallback, kClock};
  return *steps;
}

Task<> TryLogin(flow::Backends backends, const OverheardHttp* http, LoginTrial trial, Findings* findings) {
  const providers::Grant* const grant = trial.owner->Find(trial.client.provider->name);
  std::string wanted = trial.callback_url;
  if (wanted.empty()) wanted = grant->callback_urls.empty() ? "oob" : grant->callback_urls.front();
  const absl::StatusOr<flow::AllowedCallback> callback = flow::CheckCallbackUrl(*grant, wanted);
  if (!callback.ok()) {
    const std::vector<FieldViolation> violations = FieldViolationsOf(callback.status());
    findings->Fail(kRequestToken, Fault::kOurs,
                   absl::StrCat("the callback ", wanted, " ", violations.empty() ? "" : violations[0].description),
                   "add it to the owner's callback_urls, or choose one of those by --callback");
    co_return absl::OkStatus();
  }
  const auto facts = std::make_shared<flow::CallFacts>();
  facts->provider = trial.client.provider->name;
  flow::Call call{providers::Rpc::kStartAuthorization,
                  "oauth1ctl doctor",
                  trial.owner,
                  trial.configuration->keyring,
                  trial.configuration->rules,
                  Deadline::After(backends.environment, kPatience),
                  facts};
  CO_RETURN_IF_ERROR(co_await flow::Enter(backends, call, grant));
  CO_ASSIGN_OR_RETURN(const std::string state, RandomText(backends.environment, 32));
  flow::TokenCalls token_calls(backends);
  std::optional<std::string> told = flow::OAuthCallback(*callback, state, trial.client.provider->callback_mode);
  oauth1::Parameters no_parameters;
  const absl::StatusOr<oauth1::TokenResponse> temporary =
      co_await token_calls.FetchTemporaryCredentials(trial.client, std::move(told), std::move(no_parameters), call);
  if (temporary.ok()) {
    const OverheardAnswer& answer = http->answers().back();
    findings->Ok(kRequestToken, absl::StrFormat("HTTP %d in %d ms, callback %s%s", answer.status,
                                                absl::ToInt64Milliseconds(answer.took), wanted,
                                                http->answers().size() > 1 ? "; it took more than one try" : ""));
    TellConfirmation(*trial.client.provider, temporary->others, findings);
  } else {
    const Meaning meaning = MeaningOf(temporary.status());
    findings->Fail(kRequestToken, meaning.fault, Describe(temporary.status()), meaning.advice);
    findings->SkipRest({kCallback}, "after what failed");
  }
  TellClock(http->answers(), findings);
  co_return absl::OkStatus();
}

}  // namespace oauth1d::doctor
