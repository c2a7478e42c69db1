// Which names a certificate proves.
#ifndef OAUTH1D_SERVER_CALLERS_CERTIFICATE_VERIFIER_H_
#define OAUTH1D_SERVER_CALLERS_CERTIFICATE_VERIFIER_H_

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/callers/certificate.h"
#include "server/callers/identity.h"
#include "server/callers/trust_bundle.h"

namespace oauth1d::callers {

// A SPIFFE ID counts only if the bundle of its own trust domain vouches for it, a DNS name only if the client CAs do:
// TLS itself lets pass whatever one of them all vouches for, and looks only when a connection begins. Thread-safe.
class CertificateVerifier {
 public:
  // `client_ca_pem` may be empty: then no DNS name counts. Errors: kInvalidArgument: PEM that does not parse.
  static absl::StatusOr<std::unique_ptr<CertificateVerifier>> Create(const std::vector<TrustDomain>& trust_domains,
                                                                     absl::string_view client_ca_pem);

  // Null: the chain (PEM, leaf first) proves nothing at `now`.
  std::shared_ptr<const CertificateIdentity> Verify(absl::string_view chain_pem, absl::Time now);

  // How many certificates have been verified, for tests: an answer from memory is none.
  int64_t verifications() const;

 private:
  struct Verified {
    std::shared_ptr<const CertificateIdentity> identity;
    Validity validity;
  };

  CertificateVerifier() = default;

  // Null: unknown, or no longer or not yet valid.
  std::shared_ptr<const CertificateIdentity> Recall(const Sha256Digest& leaf, absl::Time now);
  void Keep(const Sha256Digest& leaf, Verified verified);
  std::optional<Verified> VerifyAnew(absl::string_view chain_pem, absl::Time now) const;
  // Null: nobody may vouch for it.
  const TrustBundle* VoucherFor(const CertificateIdentity& identity) const;

  std::map<std::string, TrustBundle, std::less<>> trust_domains_;  // by name
  std::optional<TrustBundle> client_ca_;

  mutable absl::Mutex mutex_;
  // By the leaf alone: see ShownChains.
  std::map<Sha256Digest, Verified> kept_ ABSL_GUARDED_BY(mutex_);
  std::deque<Sha256Digest> order_ ABSL_GUARDED_BY(mutex_);  // of kept_, the oldest first
  int64_t verifications_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace oauth1d::callers

#endif  // OAUTH1D_SERVER_CALLERS_CERTIFICATE_VERIFIER_H_
