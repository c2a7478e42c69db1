// Files with keys and passphrases, for commands that need no server.
#ifndef OAUTH1D_CLIENT_CLI_KEY_FILE_H_
#define OAUTH1D_CLIENT_CLI_KEY_FILE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/base/secret.h"
#include "server/oauth1/rsa_key.h"

namespace oauth1d::cli {

// The whole file. Errors: kInvalidArgument, with the reason of the operating system.
absl::StatusOr<Secret> ReadSecretFile(const std::string& path);

// The key in this file. Without `passphrase_file` the key must not be encrypted; a line break at the end of a
// passphrase is no part of it. Errors: kInvalidArgument that names the file and says what is wrong with it.
absl::StatusOr<std::shared_ptr<const oauth1::RsaKey>> ReadRsaKey(const std::string& path,
                                                                 const std::string& passphrase_file = "");

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_KEY_FILE_H_
