// oauth1ctl token: what can be done with an access token besides using it.
#ifndef OAUTH1D_CLIENT_CLI_TOKEN_COMMANDS_H_
#define OAUTH1D_CLIENT_CLI_TOKEN_COMMANDS_H_

#include <string>
#include <vector>

#include "client/cli/connection.h"

namespace oauth1d::cli {

struct ImportCommand {
  std::string provider;
  std::string consumer;
  std::vector<std::string> provider_parameters;  // k=v
  // One of the two pairs; the secrets are @FILE or -.
  std::string token;
  std::string token_secret;
  std::string username;
  std::string password;
};

// Each gives the exit status, and prints a token on stdout. `token` is @FILE or -. Throws std::runtime_error for what
// the user must mend.
int ImportToken(const Connection& connection, bool json, const ImportCommand& command);
int RefreshToken(const Connection& connection, bool json, const std::string& token);
int RewrapToken(const Connection& connection, bool json, const std::string& token);
int RevokeToken(const Connection& connection, bool json, const std::string& token);

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_TOKEN_COMMANDS_H_
