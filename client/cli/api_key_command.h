// oauth1ctl api-key.
#ifndef OAUTH1D_CLIENT_CLI_API_KEY_COMMAND_H_
#define OAUTH1D_CLIENT_CLI_API_KEY_COMMAND_H_

namespace oauth1d::cli {

// Prints a fresh API key for a caller, which nobody keeps, and below it the line for the identity in the configuration.
int NewApiKey();

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_API_KEY_COMMAND_H_
