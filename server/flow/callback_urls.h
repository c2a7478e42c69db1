// Where a provider may send the browser.
#ifndef OAUTH1D_SERVER_FLOW_CALLBACK_URLS_H_
#define OAUTH1D_SERVER_FLOW_CALLBACK_URLS_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/providers/owner.h"
#include "server/providers/provider.h"

namespace oauth1d::flow {

// RFC 5849 section 2.1: the callback of a user who will type a PIN.
inline constexpr absl::string_view kOutOfBand = "oob";

// A callback that the grant allows.
struct AllowedCallback {
  bool out_of_band = false;
  bool secure = true;  // https: the binding cookie is Secure
  std::string url;     // as configured
};

// Compares whole strings: no prefix, no pattern, no normalization, so nothing can be slipped in.
// Errors: kInvalidArgument with reason INVALID_REQUEST that names callback_url and says what to do.
absl::StatusOr<AllowedCallback> CheckCallbackUrl(const providers::Grant& grant, absl::string_view callback_url);

// The callback carrying the state as the provider's record has it; `oob`, and one that can carry nothing, as it is.
std::string CallbackWithState(const AllowedCallback& callback, absl::string_view state, providers::CallbackMode mode);

// oauth_callback of the temporary credential request; nothing where it is not sent.
std::optional<std::string> OAuthCallback(const AllowedCallback& callback, absl::string_view state,
                                         providers::CallbackMode mode);

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_CALLBACK_URLS_H_
