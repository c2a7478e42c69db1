// oauth1ctl request.
#ifndef OAUTH1D_CLIENT_CLI_REQUEST_COMMAND_H_
#define OAUTH1D_CLIENT_CLI_REQUEST_COMMAND_H_

#include "client/cli/subcommands.h"
#include "client/cli/transfer_arguments.h"

namespace oauth1d::cli {

// Sends it, by one RPC or as a stream, and gives the exit status. Uses the saved login where the command brings no
// credentials, and keeps a renewed token. Throws std::runtime_error for what the user must mend.
int Request(const Session& session, const TransferCommand& command);

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_REQUEST_COMMAND_H_
