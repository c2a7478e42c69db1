// oauth1ctl public-key.
#ifndef OAUTH1D_CLIENT_CLI_PUBLIC_KEY_COMMAND_H_
#define OAUTH1D_CLIENT_CLI_PUBLIC_KEY_COMMAND_H_

#include <iosfwd>
#include <string>

namespace oauth1d::cli {

// Prints the public key of an RSA private key in PEM, to be registered with a provider. An empty `passphrase_file`: the
// key is not encrypted. Exit status: 0, or 64 with one line on `error` that says what is wrong with the file.
int PrintPublicKey(const std::string& file, const std::string& passphrase_file, std::ostream& out, std::ostream& error);

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_PUBLIC_KEY_COMMAND_H_
