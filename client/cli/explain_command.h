// oauth1ctl explain: how a request is signed, and where that differs from what the provider expected.
#ifndef OAUTH1D_CLIENT_CLI_EXPLAIN_COMMAND_H_
#define OAUTH1D_CLIENT_CLI_EXPLAIN_COMMAND_H_

#include <string>

#include "client/cli/call_commands.h"

namespace oauth1d::cli {

struct ExplainCommand {
  RequestCommand request;
  std::string timestamp;
  std::string nonce;
  std::string base_string;  // @FILE, - for stdin, or the text itself; empty: nothing to compare with
};

// Gives the exit status: 0, or 1 where the base strings differ. Throws std::runtime_error as the calls do.
int Explain(const Connection& connection, bool json, const ExplainCommand& command);

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_EXPLAIN_COMMAND_H_
