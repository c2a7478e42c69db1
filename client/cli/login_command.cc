#include "client/cli/login_command.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/cli/arguments.h"
#include "client/cli/browser_window.h"
#include "client/cli/callback_listener.h"
#include "client/cli/interrupt.h"
#include "client/cli/report.h"
#include "client/cli/saved_logins.h"
#include "oauth1d/failure.h"
#include "server/base/environment.h"
#include "server/base/secret.h"
#include "server/oauth1/callback.h"

namespace oauth1d::cli {
namespace {

using nlohmann::ordered_json;
using Completed = absl::StatusOr<v1::CompleteAuthorizationResponse>;

constexpr int kMostPins = 3;  // the service gives up after as many
constexpr int kTimedOut = 14;

int ReportStartError(const absl::Status& status, bool json, const LoginCommand& command, const std::string& callback) {
  const int exit_status = ReportError(status, json);
  const std::vector<Failure::FieldViolation> violations = FailureOf(status).field_violations;
  const bool about_callback = std::any_of(violations.begin(), violations.end(),
                                          [](const auto& violation) { return violation.field == "callback_url"; });
  if (about_callback && !json) {
    std::cerr << "\nThe service allows callbacks that its configuration names, to the letter. Add this one:\n\n"
              << "  owners:\n  - name: ...\n    providers:\n    - {name: " << ForTerminal(command.provider)
              << ", callback_urls: [\"" << ForTerminal(callback) << "\"]}\n\n"
              << (command.pin ? "or log in without --pin.\n"
                              : "or choose one that it has by --callback, or try --pin.\n");
  }
  return exit_status;
}

std::string TextOf(const v1::Parameter& parameter) {
  return parameter.has_raw_value() ? parameter.raw_value() : parameter.value();
}

int Keep(const LoginName& name, const v1::CompleteAuthorizationResponse& completed, bool json) {
  SavedLogin login;
  login.name = name;
  login.access_token = completed.access_token();
  for (const v1::Parameter& parameter : completed.parameters()) {
    login.parameters.emplace_back(parameter.name(), TextOf(parameter));
  }
  if (completed.has_expire_time()) {
    login.expires = absl::FormatTime(absl::RFC3339_sec, absl::FromUnixSeconds(completed.expire_time().seconds()),
                                     absl::UTCTimeZone());
  }
  login.saved = absl::FormatTime(absl::RFC3339_sec, RealEnvironment().Now(), absl::UTCTimeZone());
  const std::string file = SavedLogins(StateFolder()).Save(login);
  if (json) {
    ordered_json told{{"provider", name.provider}, {"account", name.account},  {"who", login.Who()},
                      {"server", name.server},     {"expires", login.expires}, {"file", file}};
    std::cout << told.dump(-1, ' ', false, ordered_json::error_handler_t::replace) << "\n";
  } else {
    const std::string who = login.Who();
    std::cout << "Logged in to " << name.provider << (who.empty() ? "" : " as " + ForTerminal(who))
              << (name.account == "default" ? "" : ", kept as " + ForTerminal(name.account)) << ".\n"
              << "Try: oauth1ctl request " << name.provider
              << (name.account == "default" ? "" : " --as " + ForTerminal(name.account)) << " URL\n";
  }
  return 0;
}

// What the browser shows for an ended login.
Page PageFor(const Completed& completed) {
  if (completed.ok()) return {200, "You are logged in", "You can close this window and go back to the terminal."};
  if (FailureOf(completed.status()).reason == v1::ERROR_REASON_USER_DENIED) {
    return {403, "You said no", "Nothing was granted. To try again, run oauth1ctl login once more."};
  }
  return {502, "The login did not work", "The terminal says why."};
}

// Whether a callback can be the answer to this login: everybody on this host can open the listener's address.
bool IsOurs(const v1::StartAuthorizationResponse& started, const std::string& url) {
  const absl::StatusOr<oauth1::Callback> callback = oauth1::ParseCallback(url);
  if (!callback.ok()) return false;
  if (started.state().empty()) return !callback->token.empty() || !callback->denied.empty();
  const std::string& came = callback->state.empty() ? callback->last_path_segment : callback->state;
  return EqualInConstantTime(came, started.state());
}

std::optional<Completed> AwaitBrowser(const Connection& connection, const LoginCommand& command,
                                      const v1::StartAuthorizationResponse& started, CallbackListener& listener,
                                      absl::Duration time, int& exit_status) {
  std::optional<Completed> completed;
  const auto handle = [&](const std::string& url) -> CallbackListener::Reply {
    if (!IsOurs(started, url)) {
      return {{400, "Not this login", "This is not the answer that oauth1ctl waits for. It waits on."}, false};
    }
    v1::CompleteAuthorizationRequest request;
    request.set_provider(command.provider);
    request.set_callback_query(url);
    *request.add_binding_cookies() = started.binding_cookie();
    completed = connection.Connect().CompleteAuthorization(request, connection.Options());
    return {PageFor(*completed), true};
  };
  const Interrupt interrupt;
  switch (listener.Serve(interrupt, time, handle)) {
    case CallbackListener::End::kOver:
      return completed;
    case CallbackListener::End::kInterrupted:
      std::cerr << "\nThe login was given up; nothing was kept.\n";
      exit_status = kInterrupted;
      return std::nullopt;
    case CallbackListener::End::kTimedOut:
      std::cerr << "oauth1ctl: the login was not answered in time; run it again\n";
      exit_status = kTimedOut;
      return std::nullopt;
  }
  return std::nullopt;
}

enum class Typed { kLine, kEnd, kInterrupted, kTimedOut };

Typed ReadLine(const Interrupt& interrupt, absl::Duration time, std::string& line) {
  Environment& environment = RealEnvironment();
  const absl::Duration end = environment.Uptime() + time;
  line.clear();
  for (;;) {
    const absl::Duration left = end - environment.Uptime();
    if (left <= absl::ZeroDuration()) return Typed::kTimedOut;
    pollfd waiting[] = {{interrupt.descriptor(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    if (poll(waiting, 2, static_cast<int>(absl::ToInt64Milliseconds(left) + 1)) < 0) continue;
    if (waiting[0].revents != 0) return Typed::kInterrupted;
    if (waiting[1].revents == 0) continue;
    char c = 0;
    const ssize_t size = read(STDIN_FILENO, &c, 1);
    if (size <= 0) return line.empty() ? Typed::kEnd : Typed::kLine;
    if (c == '\n') return Typed::kLine;
    line.push_back(c);
  }
}

std::optional<Completed> AwaitPin(const Connection& connection, const LoginCommand& command,
                                  const v1::StartAuthorizationResponse& started, absl::Duration time,
                                  int& exit_status) {
  const Interrupt interrupt;
  std::optional<Completed> completed;
  for (int left = kMostPins; left > 0;) {
    std::cerr << "PIN: " << std::flush;
    std::string line;
    const Typed typed = ReadLine(interrupt, time, line);
    if (typed == Typed::kTimedOut) {
      std::cerr << "\noauth1ctl: the PIN did not come in time; run it again\n";
      exit_status = kTimedOut;
      return std::nullopt;
    }
    if (typed != Typed::kLine) {
      std::cerr << "\nThe login was given up; nothing was kept.\n";
      exit_status = kInterrupted;
      return std::nullopt;
    }
    const std::string pin(absl::StripAsciiWhitespace(line));
    if (pin.empty()) continue;
    v1::CompleteAuthorizationRequest request;
    request.set_provider(command.provider);
    request.mutable_callback_values()->set_state(started.state());
    request.mutable_callback_values()->set_oauth_verifier(pin);
    *request.add_binding_cookies() = started.binding_cookie();
    completed = connection.Connect().CompleteAuthorization(request, connection.Options());
    if (completed->ok()) return completed;
    const v1::ErrorReason reason = FailureOf(completed->status()).reason;
    if (reason != v1::ERROR_REASON_PROVIDER_REJECTED) return completed;
    if (--left > 0) std::cerr << "The provider does not take this PIN. Tries left: " << left << "\n";
  }
  return completed;
}

}  // namespace

int Login(const Connection& connection, bool json, const LoginCommand& command) {
  // Whatever can go wrong on this side goes wrong before the user is asked for anything.
  SavedLogins(StateFolder()).Prepare();
  const std::string callback = command.pin ? "oob" : command.callback;
  std::optional<CallbackListener> listener;
  if (!command.pin) listener.emplace(callback);

  v1::StartAuthorizationRequest request;
  request.set_provider(command.provider);
  request.set_callback_url(callback);
  request.set_consumer(command.consumer);
  AddParameters(command.provider_parameters, "--parameter", *request.mutable_provider_parameters());
  AddParameters(command.authorize_parameters, "--authorize-parameter", *request.mutable_authorize_parameters());
  const absl::StatusOr<v1::StartAuthorizationResponse> started =
      connection.Connect().StartAuthorization(request, connection.Options());
  if (!started.ok()) return ReportStartError(started.status(), json, command, callback);

  const absl::Duration time = absl::FromUnixSeconds(started->expire_time().seconds()) - RealEnvironment().Now();
  std::cerr << "Open this address in a browser:\n\n  " << ForTerminal(started->redirect_url()) << "\n\n";
  if (!command.no_browser && OpenBrowser(started->redirect_url())) std::cerr << "(A browser was asked to open it.)\n";
  std::cerr << (command.pin ? "Then type the PIN that the provider shows.\n"
                            : "Waiting for the browser to come back; Ctrl-C gives up.\n");
  int exit_status = 0;
  const std::optional<Completed> completed =
      command.pin ? AwaitPin(connection, command, *started, time, exit_status)
                  : AwaitBrowser(connection, command, *started, *listener, time, exit_status);
  if (!completed.has_value()) return exit_status;
  if (!completed->ok()) return ReportError(completed->status(), json);
  return Keep({connection.server, command.provider, AccountOf(command.as, command.consumer)}, **completed, json);
}

}  // namespace oauth1d::cli
