#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "client/cli/login_command.h"
#include "client/cli/report.h"
#include "client/cli/saved_logins.h"
#include "client/cli/terminal.h"
#include "oauth1d/failure.h"

namespace oauth1d::cli {

using nlohmann::ordered_json;

int ListLogins(bool json) {
  const std::vector<SavedLogin> logins = SavedLogins(StateFolder()).All();
  if (json) {
    ordered_json told = ordered_json::array();
    for (const SavedLogin& login : logins) {
      told.push_back({{"provider", login.name.provider},
                      {"account", login.name.account},
                      {"who", login.Who()},
                      {"server", login.name.server},
                      {"saved", login.saved},
                      {"expires", login.expires}});
    }
    std::cout << told.dump(-1, ' ', false, ordered_json::error_handler_t::replace) << "\n";
    return 0;
  }
  std::vector<std::vector<std::string>> rows{{"PROVIDER", "ACCOUNT", "WHO", "SAVED", "EXPIRES", "SERVER"}};
  for (const SavedLogin& login : logins) {
    rows.push_back(
        {login.name.provider, login.name.account, login.Who(), login.saved, login.expires, login.name.server});
  }
  if (logins.empty()) {
    std::cerr << "No logins are kept. Begin one: oauth1ctl login PROVIDER\n";
    return 0;
  }
  PrintTable(rows);
  return 0;
}

int Logout(const Connection& connection, bool json, const LogoutCommand& command) {
  const SavedLogins logins(StateFolder());
  const LoginName name{connection.server, command.provider, AccountOf(command.as, "")};
  const std::optional<SavedLogin> login = command.revoke ? logins.Find(name) : std::nullopt;
  bool revoked = false;
  if (login.has_value()) {
    v1::RevokeAccessTokenRequest request;
    request.set_access_token(login->access_token);
    const auto answer = connection.Connect().RevokeAccessToken(request, connection.Options());
    const v1::ErrorReason reason = FailureOf(answer.status()).reason;
    // What can no longer be opened can no longer be revoked.
    const bool dead = reason == v1::ERROR_REASON_TOKEN_INVALID || reason == v1::ERROR_REASON_TOKEN_EXPIRED;
    if (!answer.ok() && !dead) {
      const int exit_status = ReportError(answer.status(), json);
      if (!json) std::cerr << "The login is kept, so that it can be revoked later.\n";
      return exit_status;
    }
    revoked = answer.ok() && answer->provider_revoked();
  }
  const bool forgotten = logins.Forget(name);
  if (json) {
    std::cout << ordered_json{{"forgotten", forgotten}, {"provider_revoked", revoked}}.dump() << "\n";
  } else if (!forgotten) {
    std::cout << "There was no login for " << ForTerminal(name.provider) << " as " << ForTerminal(name.account)
              << " at " << ForTerminal(name.server) << ".\n";
  } else {
    std::cout << "Forgotten" << (revoked ? ", and revoked at the provider" : "") << ".\n";
    if (command.revoke && !revoked) {
      std::cout << "The provider cannot be told, or did not take it: revoke it on the provider's own page.\n";
    }
  }
  return 0;
}

}  // namespace oauth1d::cli
