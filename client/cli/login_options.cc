#include <memory>

#include "client/cli/login_command.h"
#include "client/cli/subcommands.h"

namespace oauth1d::cli {

void AddLoginCommands(CLI::App& app, Session& session) {
  const auto login = std::make_shared<LoginCommand>();
  CLI::App* const in = app.add_subcommand("login", "Log in from this terminal, and keep the token for request");
  in->add_option("PROVIDER", login->provider)->required();
  CLI::Option* const callback =
      in->add_option("--callback", login->callback,
                     "Where the browser comes back to, on this host; the service's configuration must allow it")
          ->capture_default_str();
  in->add_flag("--pin", login->pin, "The provider shows a PIN, you type it (out of band)")->excludes(callback);
  in->add_flag("--no-browser", login->no_browser, "Print the address, and open nothing");
  in->add_option("--as", login->as, "A name for this account, where you have several");
  in->add_option("--consumer", login->consumer, "Where the provider has several");
  in->add_option("--parameter", login->provider_parameters, "k=v, for the host templates; may come again")
      ->allow_extra_args(false);
  in->add_option("--authorize-parameter", login->authorize_parameters,
                 "k=v, for the provider's page, such as force_login=true; may come again")
      ->allow_extra_args(false);
  in->callback([&session, login] { session.exit_status = Login(session.connection, session.json, *login); });

  app.add_subcommand("logins", "List the logins that are kept; never a token")->callback([&session] {
    session.exit_status = ListLogins(session.json);
  });

  const auto logout = std::make_shared<LogoutCommand>();
  CLI::App* const out = app.add_subcommand("logout", "Forget a login");
  out->add_option("PROVIDER", logout->provider)->required();
  out->add_option("--as", logout->as, "Which account");
  out->add_flag("--revoke", logout->revoke, "Tell the provider first that the token is of no more use");
  out->callback([&session, logout] { session.exit_status = Logout(session.connection, session.json, *logout); });
}

}  // namespace oauth1d::cli
