// What a caller's certificate says of itself, before anybody vouches for it.
#ifndef OAUTH1D_SERVER_CALLERS_CERTIFICATE_H_
#define OAUTH1D_SERVER_CALLERS_CERTIFICATE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/callers/x509_objects.h"

namespace oauth1d::callers {

// Both empty: it names nobody that a configuration can name.
struct CertificateIdentity {
  std::string spiffe_id;
  std::vector<std::string> dns_names;  // lower case, no wildcards; none beside a SPIFFE ID
};

// Certificates in the text's order. Empty: there is none, or one of them is damaged.
std::vector<CertificatePointer> ParseCertificates(absl::string_view pem);

// InfinitePast where it is no time.
absl::Time TimeOf(const ASN1_TIME* time);

// When the first of them ends. Nothing: there is no certificate, or one of them is damaged.
std::optional<absl::Time> EarliestEnd(absl::string_view pem);

// Nothing: it must not stand for a caller. It is a CA's or may sign certificates (X509-SVID, sections 4.1 and 4.3), or
// has a SPIFFE ID that is malformed or not its only URI (X509-SVID, section 2).
std::optional<CertificateIdentity> ReadIdentity(X509& leaf);

// The trust domain of a well-formed SPIFFE ID (SPIFFE-ID, section 2); empty for any other text.
absl::string_view TrustDomainOf(absl::string_view spiffe_id);

}  // namespace oauth1d::callers

#endif  // OAUTH1D_SERVER_CALLERS_CERTIFICATE_H_
