// The commands that make one RPC each.
#ifndef OAUTH1D_CLIENT_CLI_CALL_COMMANDS_H_
#define OAUTH1D_CLIENT_CLI_CALL_COMMANDS_H_

#include <string>
#include <vector>

#include "client/cli/connection.h"
#include "oauth1d/v1/oauth1d.pb.h"

namespace oauth1d::cli {

struct StartCommand {
  std::string provider;
  std::string callback_url;
  std::string consumer;
  std::vector<std::string> provider_parameters;  // k=v
  std::string app_state;
};
struct CompleteCommand {
  std::string provider;
  std::string callback;              // a URL or a query
  std::vector<std::string> cookies;  // NAME=VALUE
};
struct RequestCommand {
  std::string provider;
  std::string method;
  std::string url;
  std::string token;  // @FILE, or - for stdin
  bool application = false;
  std::string consumer;
  std::vector<std::string> provider_parameters;  // k=v
  std::vector<std::string> query;                // k=v
  std::vector<std::string> form;                 // k=v
  std::vector<std::string> headers;              // k:v
  std::string body;                              // @FILE, - for stdin, or the text itself
  std::string content_type;
};

// The message of such a command; without credentials where it names none.
v1::SignedRequestRequest MakeRequest(const RequestCommand& command);

// Each gives the exit status. Throws std::runtime_error for what the user must mend (exit status 64).
int Providers(const Connection& connection, bool json);
int Start(const Connection& connection, bool json, const StartCommand& command);
int Complete(const Connection& connection, bool json, const CompleteCommand& command);

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_CALL_COMMANDS_H_
