// The contract's request messages, from an application's values.
#ifndef OAUTH1D_MESSAGES_H_
#define OAUTH1D_MESSAGES_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "oauth1d/request_options.h"
#include "oauth1d/v1/oauth1d.pb.h"

namespace oauth1d {

v1::StartAuthorizationRequest StartMessage(absl::string_view provider, absl::string_view callback_url,
                                           const StartOptions& options);

v1::CompleteAuthorizationRequest CompleteMessage(absl::string_view provider, absl::string_view callback_query,
                                                 absl::string_view cookie_header);

// INVALID_ARGUMENT where there are both a body and a form.
absl::StatusOr<v1::SignedRequestRequest> SignedMessage(absl::string_view provider, absl::string_view access_token,
                                                       absl::string_view method, absl::string_view url,
                                                       const RequestOptions& options);

}  // namespace oauth1d

#endif  // OAUTH1D_MESSAGES_H_
