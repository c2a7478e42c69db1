// Who may vouch for callers.
#ifndef OAUTH1D_SERVER_CONFIG_CALLER_AUTHORITIES_H_
#define OAUTH1D_SERVER_CONFIG_CALLER_AUTHORITIES_H_

#include <string>
#include <vector>

#include "oauth1d/config/v1/config.pb.h"
#include "server/callers/identity.h"
#include "server/config/place.h"
#include "server/config/source_files.h"

namespace oauth1d::config {

struct CallerAuthorities {
  std::string client_ca_pem;  // empty: none
  std::vector<callers::TrustDomain> trust_domains;

  // All of them, one behind the other; empty: certificates are not asked for.
  std::string Pem() const;
};

// `place`: of the ListenTls. Faults: files that hold no certificates, trust domains that are none or come twice.
CallerAuthorities LoadCallerAuthorities(const v1::ListenTls& tls, const Place& place, Sources& sources);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_CALLER_AUTHORITIES_H_
