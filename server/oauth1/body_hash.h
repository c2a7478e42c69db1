// oauth_body_hash: the hash of a body that is no form, so that the signature covers it (draft-eaton-oauth-bodyhash,
// and SHA-256 as Mastercard and others have it).
#ifndef OAUTH1D_SERVER_OAUTH1_BODY_HASH_H_
#define OAUTH1D_SERVER_OAUTH1_BODY_HASH_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace oauth1d::oauth1 {

enum class BodyHash { kNone, kSha1, kSha256 };

// none, sha1, sha256. kInvalidArgument that lists them.
absl::StatusOr<BodyHash> ParseBodyHash(absl::string_view name);

// Base64 of the hash of the body as it goes on the wire; an empty body has one too. `hash` is not kNone.
std::string ComputeBodyHash(BodyHash hash, absl::string_view body);

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_BODY_HASH_H_
