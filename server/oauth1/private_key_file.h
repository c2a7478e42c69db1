// Private keys as people have them in files: PEM, DER, PKCS#12, encrypted or not.
#ifndef OAUTH1D_SERVER_OAUTH1_PRIVATE_KEY_FILE_H_
#define OAUTH1D_SERVER_OAUTH1_PRIVATE_KEY_FILE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/secret.h"

namespace oauth1d::oauth1 {

// The one private key that the file holds, in DER as PKCS#8 or as its own kind has it (PKCS#1, SEC 1): decrypted, and
// not looked into. A passphrase that is not needed is not used.
// Errors: kInvalidArgument that says what the file is in place of a private key, and what to do.
absl::StatusOr<Secret> ReadPrivateKeyFile(absl::string_view file, absl::string_view passphrase);

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_PRIVATE_KEY_FILE_H_
