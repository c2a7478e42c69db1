// The subcommands of oauth1ctl: their options, and what they run.
#ifndef OAUTH1D_CLIENT_CLI_SUBCOMMANDS_H_
#define OAUTH1D_CLIENT_CLI_SUBCOMMANDS_H_

#include <CLI/CLI.hpp>

#include "client/cli/connection.h"

namespace oauth1d::cli {

// What all subcommands share: the options before them, and how it ended.
struct Session {
  Connection connection;
  bool json = false;
  bool timeout_given = false;
  int exit_status = 0;
};

// Each adds its subcommands; their callbacks set session.exit_status, or throw std::runtime_error for what the user
// must mend. `session` outlives the app.
void AddCallCommands(CLI::App& app, Session& session);     // providers, start, complete, health
void AddRequestCommands(CLI::App& app, Session& session);  // request, explain
void AddLoginCommands(CLI::App& app, Session& session);    // login, logins, logout
void AddTokenCommands(CLI::App& app, Session& session);    // token import, refresh, rewrap, revoke
void AddDoctorCommand(CLI::App& app, Session& session);    // doctor
void AddOfflineCommands(CLI::App& app, Session& session);  // keyring, api-key, public-key, sign
void AddShellCommands(CLI::App& app, Session& session);    // completion, man

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_SUBCOMMANDS_H_
