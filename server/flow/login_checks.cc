#include "server/flow/login_checks.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/base/secret.h"
#include "server/flow/caller_input.h"
#include "server/oauth1/encoding.h"
#include "server/oauth1/token_response.h"

namespace oauth1d::flow {
namespace {

constexpr size_t kMaxLoginParameters = 4096;

absl::string_view WhatFinds(providers::CallbackMode mode) {
  if (mode == providers::CallbackMode::kPath) return "state at the end of its path (pass the whole URL)";
  return providers::FoundByToken(mode) ? "oauth_token" : "state";
}

}  // namespace

absl::Status CheckStart(const StartRequest& request, const providers::Provider& provider) {
  FieldViolations violations;
  if (!provider.three_legged()) violations.Add("provider", "has no login; it takes requests without a user only");
  CheckAllowedParameters(request.authorize_parameters, provider.authorize_parameters, "authorize_parameters",
                         violations);
  CheckAllowedParameters(request.request_token_parameters, provider.request_token_parameters,
                         "request_token_parameters", violations);
  if (oauth1::EncodeForm(request.authorize_parameters).size() > kMaxLoginParameters) {
    violations.Add("authorize_parameters", "make a URL that no browser follows: more than 4 KiB when encoded");
  }
  if (oauth1::EncodeForm(request.request_token_parameters).size() > kMaxLoginParameters) {
    violations.Add("request_token_parameters", "are more than 4 KiB when encoded");
  }
  return violations.ToStatus();
}

absl::Status CheckConfirmed(const providers::Provider& provider, const oauth1::Parameters& others) {
  if (provider.callback_confirmed != providers::CallbackConfirmed::kRequire || oauth1::CallbackConfirmed(others)) {
    return absl::OkStatus();
  }
  return WithSent(
      Fail(Reason::kCallbackNotConfirmed,
           "the provider did not confirm the callback, so a login could be fixated; see callback_confirmed"),
      Sent::kYes);
}

absl::Status CheckCallback(const CompleteRequest& request, const providers::Provider& provider,
                           absl::string_view lookup) {
  FieldViolations violations;
  const bool in_parts = request.callback_field == "callback_values";
  if (lookup.empty()) {
    const bool by_token = providers::FoundByToken(provider.callback_mode);
    const std::string part = by_token ? ".oauth_token" : ".state";
    violations.Add(absl::StrCat(request.callback_field, in_parts ? part : ""),
                   absl::StrCat("has no ", WhatFinds(provider.callback_mode),
                                "; pass what the browser came back with, as it came"));
  }
  if (request.callback.verifier.empty() && provider.verifier_required && !oauth1::IsDenial(request.callback)) {
    violations.Add(absl::StrCat(request.callback_field, in_parts ? ".oauth_verifier" : ""), "has no oauth_verifier");
  }
  absl::Status status = violations.ToStatus();
  if (status.ok()) return status;
  status = WithOAuthProblem(std::move(status), EscapeForPeople(request.callback.problem));
  return WithOAuthAdvice(std::move(status), EscapeForPeople(request.callback.problem_advice));
}

absl::Status CheckToken(const records::v1::Flow& flow, const CompleteRequest& request) {
  const oauth1::Callback& callback = request.callback;
  const std::string& token = callback.denied.empty() ? callback.token : callback.denied;
  if (token.empty() && (flow.out_of_band() || oauth1::IsDenial(callback))) return absl::OkStatus();
  if (token.empty()) {
    const bool in_parts = request.callback_field == "callback_values";
    return FailField(absl::StrCat(request.callback_field, in_parts ? ".oauth_token" : ""), "has no oauth_token");
  }
  if (!EqualInConstantTime(Sha256(token), flow.temporary_token_hash())) {
    return Fail(Reason::kTokenMismatch, "the callback's oauth_token is not the one of this login");
  }
  return absl::OkStatus();
}

}  // namespace oauth1d::flow
