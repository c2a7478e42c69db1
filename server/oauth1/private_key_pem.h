// Private keys in PEM (RFC 7468, and the encryption of RFC 1421 that OpenSSL's older commands write).
#ifndef OAUTH1D_SERVER_OAUTH1_PRIVATE_KEY_PEM_H_
#define OAUTH1D_SERVER_OAUTH1_PRIVATE_KEY_PEM_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/secret.h"

namespace oauth1d::oauth1 {

// For a text that holds a BEGIN line. Certificates beside the key are skipped.
// Errors: as ReadPrivateKeyFile; kUnimplemented where an algorithm is missing (see encrypted_key.h).
absl::StatusOr<Secret> ReadPrivateKeyPem(absl::string_view text, absl::string_view passphrase);

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_PRIVATE_KEY_PEM_H_
