// When the certificates of a configuration end.
#ifndef OAUTH1D_SERVER_CERTIFICATE_ENDS_H_
#define OAUTH1D_SERVER_CERTIFICATE_ENDS_H_

#include <map>
#include <string>

#include "absl/time/time.h"
#include "server/config/snapshot.h"

namespace oauth1d {

// By what they are for, of those that are there: `listen`, the service's own chain; `client_ca`, whoever vouches for
// callers; `store`, Redis's and the Sentinels' authorities and our certificates for them. The earliest of each.
std::map<std::string, absl::Time> CertificateEnds(const config::Snapshot& configuration);

// For the log: the certificate that callers see ends within two weeks. Empty: it does not, or there is none.
std::string ListenCertificateEndsSoon(const config::Snapshot& configuration, absl::Time now);

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_CERTIFICATE_ENDS_H_
