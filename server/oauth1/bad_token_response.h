// How a token call's answer that cannot be read is told.
#ifndef OAUTH1D_SERVER_OAUTH1_BAD_TOKEN_RESPONSE_H_
#define OAUTH1D_SERVER_OAUTH1_BAD_TOKEN_RESPONSE_H_

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/base/failure.h"

namespace oauth1d::oauth1 {

// BAD_TOKEN_RESPONSE; `what` begins with a verb and holds no part of the body.
inline absl::Status BadTokenResponse(absl::string_view what) {
  return Fail(Reason::kBadTokenResponse, absl::StrCat("the provider's token response ", what));
}

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_BAD_TOKEN_RESPONSE_H_
