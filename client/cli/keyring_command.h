// oauth1ctl keyring.
#ifndef OAUTH1D_CLIENT_CLI_KEYRING_COMMAND_H_
#define OAUTH1D_CLIENT_CLI_KEYRING_COMMAND_H_

#include <string>

namespace oauth1d::cli {

// Prints a keyring with one fresh active key, as the configuration's keyring.file or .env takes it. An empty id: a
// random one.
int NewKeyring(const std::string& id);

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_KEYRING_COMMAND_H_
