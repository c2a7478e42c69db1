// SHA-256 (FIPS 180-4), as digests of keys and certificates are kept.
#ifndef OAUTH1D_SERVER_CALLERS_SHA256_H_
#define OAUTH1D_SERVER_CALLERS_SHA256_H_

#include "absl/strings/string_view.h"
#include "server/callers/identity.h"

namespace oauth1d::callers {

Sha256Digest Sha256(absl::string_view text);

}  // namespace oauth1d::callers

#endif  // OAUTH1D_SERVER_CALLERS_SHA256_H_
