// oauth1ctl login: the whole flow from a terminal.
#ifndef OAUTH1D_CLIENT_CLI_LOGIN_COMMAND_H_
#define OAUTH1D_CLIENT_CLI_LOGIN_COMMAND_H_

#include <string>
#include <vector>

#include "client/cli/connection.h"

namespace oauth1d::cli {

struct LoginCommand {
  std::string provider;
  std::string callback = "http://127.0.0.1:8976/callback";
  bool pin = false;
  bool no_browser = false;
  std::string as;  // the account's name
  std::string consumer;
  std::vector<std::string> provider_parameters;   // k=v
  std::vector<std::string> authorize_parameters;  // k=v
};

struct LogoutCommand {
  std::string provider;
  std::string as;
  bool revoke = false;
};

// Each gives the exit status. Throws std::runtime_error for what the user must mend. The token goes to the user's state
// folder alone: nothing secret is printed, also not with `json`.
int Login(const Connection& connection, bool json, const LoginCommand& command);
int ListLogins(bool json);
int Logout(const Connection& connection, bool json, const LogoutCommand& command);

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_LOGIN_COMMAND_H_
