#include <memory>

#include "client/cli/subcommands.h"
#include "client/cli/token_commands.h"

namespace oauth1d::cli {

void AddTokenCommands(CLI::App& app, Session& session) {
  CLI::App* const tokens = app.add_subcommand("token", "Import, refresh, rewrap or revoke an access token");
  tokens->require_subcommand(1);
  const auto import = std::make_shared<ImportCommand>();
  CLI::App* const importing = tokens->add_subcommand("import", "Seal a token that you have, or get one for a password");
  importing->add_option("PROVIDER", import->provider)->required();
  importing->add_option("--consumer", import->consumer, "Where the provider has several");
  importing->add_option("--parameter", import->provider_parameters, "k=v, for the host templates; may come again")
      ->allow_extra_args(false);
  CLI::Option* const token = importing->add_option("--token", import->token, "oauth_token");
  importing->add_option("--token-secret", import->token_secret, "@FILE, or - for standard input")->needs(token);
  CLI::Option* const username = importing->add_option("--username", import->username, "For xAuth")->excludes(token);
  importing->add_option("--password", import->password, "@FILE, or - for standard input")->needs(username);
  importing->callback([&session, import] {
    if (import->token.empty() && import->username.empty()) throw CLI::RequiredError("--token or --username");
    session.exit_status = ImportToken(session.connection, session.json, *import);
  });
  using Command = int (*)(const Connection&, bool, const std::string&);
  const auto access_token = std::make_shared<std::string>();
  const auto add = [&](const char* name, const char* text, Command command) {
    CLI::App* const added = tokens->add_subcommand(name, text);
    added->add_option("TOKEN", *access_token, "@FILE, or - for standard input")->required();
    added->callback([&session, access_token, command] {
      session.exit_status = command(session.connection, session.json, *access_token);
    });
  };
  add("refresh", "Renew it at the provider: prints the new one", RefreshToken);
  add("rewrap", "Seal it with the newest key: prints the new one", RewrapToken);
  add("revoke", "Tell the provider that it is of no more use", RevokeToken);
}

}  // namespace oauth1d::cli
