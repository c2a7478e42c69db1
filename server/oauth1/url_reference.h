// A caller's url, resolved against a provider's API bases, and refused when it leads out of them.
#ifndef OAUTH1D_SERVER_OAUTH1_URL_REFERENCE_H_
#define OAUTH1D_SERVER_OAUTH1_URL_REFERENCE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/oauth1/url.h"

namespace oauth1d::oauth1 {

// Joins `reference` to bases[0] as RFC 3986 section 5.2 says (an absolute one stands for itself). The result
// must have the origin of one of the bases, and a path below that base's path, which ends in '/'.
//
// A path that some server behind might read as leading out is refused too: a dot segment that shows after
// percent-decoding (however often), behind a backslash, before a ';', with spaces in it, or in overlong or fullwidth
// characters.
//
// Errors: kPermissionDenied with reason DESTINATION_DENIED: it leads out. kInvalidArgument: it is no URL
// reference; the message says why. Neither repeats the reference: it may hold a secret.
absl::StatusOr<Url> ResolveInside(const std::vector<Url>& bases, absl::string_view reference);

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_URL_REFERENCE_H_
