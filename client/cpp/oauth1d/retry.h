// Which failed SignedRequest may be sent once more, and what its repeat must not lose.
#ifndef OAUTH1D_RETRY_H_
#define OAUTH1D_RETRY_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "oauth1d/v1/oauth1d.pb.h"

namespace oauth1d {

// How long to wait before the one retry; nothing: do not repeat. Only an UNAVAILABLE is repeated, and then only if the
// service says that the provider has not seen the request, or if `method` is safe (RFC 9110 section 9.2.1). A wait that
// does not fit into `remaining`, the time until the deadline, or is over two seconds, is left to the application.
std::optional<absl::Duration> PauseBeforeRetry(const absl::Status& status, absl::string_view method,
                                               absl::Duration remaining);

// What the repeat gave. The token that the first try was told to keep is named in it, unless it names a newer one.
absl::StatusOr<v1::SignedRequestResponse> WithRenewedToken(const absl::Status& first,
                                                           absl::StatusOr<v1::SignedRequestResponse> repeat);

}  // namespace oauth1d

#endif  // OAUTH1D_RETRY_H_
