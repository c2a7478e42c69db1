// Certificates that vouch for callers.
#ifndef OAUTH1D_SERVER_CALLERS_TRUST_BUNDLE_H_
#define OAUTH1D_SERVER_CALLERS_TRUST_BUNDLE_H_

#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/callers/x509_objects.h"

namespace oauth1d::callers {

// When every certificate of a chain, the voucher's included, is valid.
struct Validity {
  absl::Time from;
  absl::Time until;  // not included

  bool Includes(absl::Time moment) const { return from <= moment && moment < until; }
};

// Frozen; any number of threads.
class TrustBundle {
 public:
  // Errors: kInvalidArgument: not the PEM text of at least one certificate.
  static absl::StatusOr<TrustBundle> Create(absl::string_view pem);

  // Whether the bundle vouches for the first certificate as a TLS client at `now`, with the help of the others
  // (RFC 5280, section 6). Nothing: it does not.
  std::optional<Validity> Verify(const std::vector<CertificatePointer>& chain, absl::Time now) const;

 private:
  explicit TrustBundle(StorePointer store) : store_(std::move(store)) {}

  StorePointer store_;
};

}  // namespace oauth1d::callers

#endif  // OAUTH1D_SERVER_CALLERS_TRUST_BUNDLE_H_
