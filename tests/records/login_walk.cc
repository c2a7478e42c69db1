#include "tests/records/login_walk.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/base/failure.h"
#include "server/oauth1/callback.h"

namespace oauth1d::records {
namespace {

constexpr char kVerifier[] = "hfdp7/dh39dks+9884";
constexpr size_t kStateSize = 43;

oauth1::Parameters ToParameters(const Pairs& pairs) {
  oauth1::Parameters parameters;
  for (const auto& [name, value] : pairs) parameters.push_back({name, value});
  return parameters;
}

flow::StartRequest NewStart(const Script& script, const std::string& callback_url) {
  flow::StartRequest request;
  request.provider = kProvider;
  request.callback_url = callback_url;
  request.provider_parameters = ToParameters(script.provider_parameters);
  request.request_token_parameters = ToParameters(script.login->request_token_parameters);
  request.authorize_parameters = ToParameters(script.login->authorize_parameters);
  request.app_state = "page 7";
  return request;
}

Step FirstStep(const Script& script, bool pin) {
  const Login& login = *script.login;
  Step step("the request for temporary credentials", login.request_token,
            {200, Filled(login.temporary_answer, kTemporaryToken, kTemporarySecret), {}});
  if (login.callback != CallbackSent::kNotAtAll) {
    const bool known = pin || login.callback == CallbackSent::kOob;
    step.protocol.emplace_back("oauth_callback", known                                     ? "oob"
                                                 : login.callback == CallbackSent::kItself ? kCallback
                                                                                           : kAny);
  }
  return step;
}

Step LastStep(const Script& script) {
  const Login& login = *script.login;
  Step step("the token request", login.access_token,
            {200, Filled(login.token_answer, kAccessToken, kAccessSecret), {}});
  step.protocol.emplace_back("oauth_token", kTemporaryToken);
  if (login.has_verifier) step.protocol.emplace_back("oauth_verifier", kVerifier);
  step.token_secret = kTemporarySecret;
  return step;
}

// What the browser shall come back to.
std::string ReturnUrl(const Login& login, const flow::StartedAuthorization& started) {
  switch (login.callback) {
    case CallbackSent::kWithState:
    case CallbackSent::kNotAtAll:
      return absl::StrCat(kCallback, "?state=", started.state);
    case CallbackSent::kInPath:
      return absl::StrCat(kCallback, "/", started.state);
    case CallbackSent::kItself:
    case CallbackSent::kOob:
      break;
  }
  return kCallback;
}

void CheckState(Stage& stage, const flow::StartedAuthorization& started) {
  const CallbackSent sent = stage.script().login->callback;
  const bool carries = sent != CallbackSent::kItself && sent != CallbackSent::kOob;
  if (started.state.size() != (carries ? kStateSize : 0)) stage.Complain("the state is not what the callback carries");
  if ((sent == CallbackSent::kWithState || sent == CallbackSent::kInPath) &&
      ValueOf(stage.theirs().last().protocol, "oauth_callback") != ReturnUrl(*stage.script().login, started)) {
    stage.Complain("oauth_callback is not the callback with its state");
  }
}

void CheckRedirect(Stage& stage, const std::string& redirect_url, const std::string& return_url) {
  const Login& login = *stage.script().login;
  const size_t question = std::min(redirect_url.find('?'), redirect_url.size());
  if (redirect_url.substr(0, question) != login.authorize_uri) {
    stage.Complain(absl::StrCat("the browser should go to ", login.authorize_uri, ", goes to ", redirect_url));
  }
  Pairs wanted = login.authorize_query;
  for (auto& [name, value] : wanted) {
    absl::StrReplaceAll({{kToken, kTemporaryToken}, {"{callback}", return_url}}, &value);
  }
  Pairs got = ReadForm(absl::string_view(redirect_url).substr(std::min(question + 1, redirect_url.size())));
  std::sort(wanted.begin(), wanted.end());
  std::sort(got.begin(), got.end());
  if (got != wanted)
    stage.Complain(absl::StrCat("the browser should bring ", ToText(wanted), ", brings ", ToText(got)));
}

void CheckResult(Stage& stage, const records::v1::Result& result) {
  const Script& script = stage.script();
  Pairs others;
  for (const records::v1::NameValue& pair : result.parameters()) others.emplace_back(pair.name(), pair.value());
  if (others != script.login->others) {
    stage.Complain(
        absl::StrCat("callers should be told ", ToText(script.login->others), ", are told ", ToText(others)));
  }
  if (!absl::StartsWith(result.access_token(), "oa1_")) stage.Complain("there is no access_token");
  const bool revealed = result.provider_token() == kAccessToken && result.provider_token_secret() == kAccessSecret;
  if (script.token_is_no_oauth_token != revealed)
    stage.Complain("the provider's token is hidden where it is needed, or shown");
}

std::optional<std::string> Finish(Stage& stage, const flow::StartedAuthorization& started,
                                  const oauth1::Callback& callback) {
  flow::CompleteRequest request;
  request.provider = kProvider;
  request.callback = callback;
  request.callback_field = "callback_query";
  request.binding_cookies = {started.binding_cookie};
  stage.theirs().Expect(LastStep(stage.script()));
  const absl::StatusOr<flow::CompletedAuthorization> completed = stage.Complete(std::move(request));
  if (!completed.ok()) {
    stage.Complain(absl::StrCat("the login does not end: ", completed.status().ToString()));
    return std::nullopt;
  }
  if (completed->app_state != "page 7") stage.Complain("app_state is lost");
  CheckResult(stage, completed->result);
  return completed->result.access_token();
}

// Nothing, and a complaint, if it does not begin.
std::optional<flow::StartedAuthorization> Begin(Stage& stage, bool pin) {
  stage.theirs().Expect(FirstStep(stage.script(), pin));
  absl::StatusOr<flow::StartedAuthorization> started = stage.Start(NewStart(stage.script(), pin ? "oob" : kCallback));
  if (started.ok()) return *std::move(started);
  stage.Complain(absl::StrCat("the login does not begin: ", started.status().ToString()));
  return std::nullopt;
}

// How the browser comes back, by the script's text.
absl::StatusOr<oauth1::Callback> ComeBack(const std::string& text, const std::string& return_url) {
  return oauth1::ParseCallback(absl::StrReplaceAll(
      text, {{"{callback}", return_url}, {kToken, Encode(kTemporaryToken)}, {"{verifier}", Encode(kVerifier)}}));
}

}  // namespace

std::string Filled(const std::string& text, const std::string& token, const std::string& secret) {
  const auto xml = [](const std::string& value) { return absl::StrReplaceAll(value, {{"&", "&amp;"}}); };
  return absl::StrReplaceAll(text, {{kToken, Encode(token)},
                                    {kSecret, Encode(secret)},
                                    {"{json:token}", token},
                                    {"{json:secret}", secret},
                                    {"{xml:token}", xml(token)},
                                    {"{xml:secret}", xml(secret)}});
}

std::optional<std::string> LogIn(Stage& stage) {
  const Login& login = *stage.script().login;
  const std::optional<flow::StartedAuthorization> started = Begin(stage, false);
  if (!started.has_value()) return std::nullopt;
  CheckState(stage, *started);
  const std::string return_url = ReturnUrl(login, *started);
  CheckRedirect(stage, started->redirect_url, return_url);
  const absl::StatusOr<oauth1::Callback> callback = ComeBack(login.comes_back, return_url);
  if (!callback.ok()) {
    stage.Complain(absl::StrCat("the callback is not read: ", callback.status().ToString()));
    return std::nullopt;
  }
  return Finish(stage, *started, *callback);
}

std::optional<std::string> LogInWithPin(Stage& stage) {
  const std::optional<flow::StartedAuthorization> started = Begin(stage, true);
  if (!started.has_value()) return std::nullopt;
  CheckRedirect(stage, started->redirect_url, "oob");
  oauth1::Callback callback;
  callback.state = started->state;
  callback.verifier = kVerifier;
  return Finish(stage, *started, callback);
}

bool RefuseLogin(Stage& stage) {
  const Login& login = *stage.script().login;
  const std::optional<flow::StartedAuthorization> started = Begin(stage, false);
  if (!started.has_value()) return false;
  const absl::StatusOr<oauth1::Callback> callback = ComeBack(login.comes_back_denied, ReturnUrl(login, *started));
  if (!callback.ok()) return false;
  flow::CompleteRequest request;
  request.provider = kProvider;
  request.callback = *callback;
  request.callback_field = "callback_query";
  request.binding_cookies = {started->binding_cookie};
  return ReasonOf(stage.Complete(std::move(request)).status()) == Reason::kUserDenied;
}

bool IsRefused(Stage& stage) {
  Step step = FirstStep(stage.script(), false);
  step.answer = {200, stage.script().refusal_with_200, {}};
  stage.theirs().Expect(std::move(step));
  const Reason reason = ReasonOf(stage.Start(NewStart(stage.script(), kCallback)).status());
  return reason == Reason::kProviderRejected || reason == Reason::kConsumerRejected;
}

bool BeginsWithAnotherClock(Stage& stage, const Answer& refusal) {
  Step refused = FirstStep(stage.script(), false);
  refused.answer = refusal;
  refused.refuses_clock = true;
  stage.theirs().Expect(std::move(refused));
  return Begin(stage, false).has_value();
}

}  // namespace oauth1d::records
