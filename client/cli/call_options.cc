#include <memory>

#include "client/cli/call_commands.h"
#include "client/cli/health_command.h"
#include "client/cli/subcommands.h"

namespace oauth1d::cli {

void AddCallCommands(CLI::App& app, Session& session) {
  app.add_subcommand("providers", "List the providers")->callback([&session] {
    session.exit_status = Providers(session.connection, session.json);
  });

  const auto start = std::make_shared<StartCommand>();
  CLI::App* const starting = app.add_subcommand("start", "Begin a login: prints where to send the browser");
  starting->add_option("PROVIDER", start->provider)->required();
  starting->add_option("CALLBACK_URL", start->callback_url, "As configured, or oob")->required();
  starting->add_option("--app-state", start->app_state, "Comes back at the end");
  starting->add_option("--consumer", start->consumer, "Where the provider has several");
  starting->add_option("--parameter", start->provider_parameters, "k=v, for the host templates; may come again")
      ->allow_extra_args(false);
  starting->callback([&session, start] { session.exit_status = Start(session.connection, session.json, *start); });

  const auto complete = std::make_shared<CompleteCommand>();
  CLI::App* const completing = app.add_subcommand("complete", "Finish a login: prints the access token");
  completing->add_option("PROVIDER", complete->provider)->required();
  completing->add_option("--callback", complete->callback, "The URL or query that the browser came back with")
      ->required();
  completing->add_option("--cookie", complete->cookies, "NAME=VALUE, as start printed it")->required();
  completing->callback(
      [&session, complete] { session.exit_status = Complete(session.connection, session.json, *complete); });

  app.add_subcommand("health", "Is it serving, and is its store up?")->callback([&session] {
    session.exit_status = Health(session.connection, session.json);
  });
}

}  // namespace oauth1d::cli
