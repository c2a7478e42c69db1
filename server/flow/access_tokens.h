// Access tokens as callers hold them: `oa1_` and a sealed envelope. Nothing of them is kept here: any replica
// opens them, and a lost store loses none.
#ifndef OAUTH1D_SERVER_FLOW_ACCESS_TOKENS_H_
#define OAUTH1D_SERVER_FLOW_ACCESS_TOKENS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "oauth1d/records/v1/records.pb.h"
#include "server/base/environment.h"
#include "server/sealing/keyring.h"

namespace oauth1d::flow {

// The longest access_token that is read or made.
inline constexpr size_t kMaxAccessToken = 12 * 1024;

// Errors: kInternal; kFailedPrecondition with reason BAD_TOKEN_RESPONSE if it would be too long.
absl::StatusOr<std::string> SealAccessToken(const sealing::Keyring& keyring, const records::v1::AccessToken& token,
                                            Environment& environment);

// An opened token, and the same token sealed with the active key where the old key is on its way out.
struct OpenedAccessToken {
  records::v1::AccessToken token;
  std::string replacement;  // empty: none is due
};

// Errors: kInvalidArgument with reason TOKEN_INVALID: no such token, changed, or another owner's or provider's, told
// alike. TOKEN_EXPIRED and KEY_NOT_LOADED as Keyring::Find.
absl::StatusOr<OpenedAccessToken> OpenAccessToken(const sealing::Keyring& keyring, absl::string_view access_token,
                                                  absl::string_view owner, absl::string_view provider,
                                                  Environment& environment);

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_ACCESS_TOKENS_H_
