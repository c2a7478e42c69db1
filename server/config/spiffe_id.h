// Names of workloads and their trust domains, as the standard SPIFFE-ID writes them.
#ifndef OAUTH1D_SERVER_CONFIG_SPIFFE_ID_H_
#define OAUTH1D_SERVER_CONFIG_SPIFFE_ID_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace oauth1d::config {

// SPIFFE-ID.md section 2.1. kInvalidArgument that says what is wrong.
absl::Status CheckTrustDomain(absl::string_view name);

// The trust domain of spiffe://trust-domain/path (sections 2 and 2.3), a part of `id`.
// kInvalidArgument that says what is wrong.
absl::StatusOr<absl::string_view> TrustDomainOf(absl::string_view id);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_SPIFFE_ID_H_
