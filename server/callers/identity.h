// What tells one caller from another: what its certificate proves, and the key that it shows.
#ifndef OAUTH1D_SERVER_CALLERS_IDENTITY_H_
#define OAUTH1D_SERVER_CALLERS_IDENTITY_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace oauth1d::callers {

using Sha256Digest = std::array<uint8_t, 32>;

// What a caller must prove to be an owner: all that is set. Frozen with the configuration.
struct Identity {
  std::string owner;
  std::string spiffe_id;               // the whole ID; empty: none is asked for
  std::string dns_name;                // lower case, the whole name; empty: none is asked for
  std::vector<Sha256Digest> api_keys;  // SHA-256 of the keys, any one of which will do; empty: none is asked for
};

// A SPIFFE trust domain and the PEM certificates that vouch for its members.
struct TrustDomain {
  std::string name;
  std::string ca_pem;
};

// What a connection shows of its other side, and a call of its caller.
struct Peer {
  // The leaf first, as the TLS handshake verified it; empty: no certificate was shown.
  std::string certificate_chain_pem;
  // The value of the metadata `authorization`; empty: there is none.
  std::string authorization;
  bool tls = false;
};

}  // namespace oauth1d::callers

#endif  // OAUTH1D_SERVER_CALLERS_IDENTITY_H_
