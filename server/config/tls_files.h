// Certificates and private keys: that they are what they should be, before anything listens or connects.
#ifndef OAUTH1D_SERVER_CONFIG_TLS_FILES_H_
#define OAUTH1D_SERVER_CONFIG_TLS_FILES_H_

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "server/base/secret.h"
#include "server/config/findings.h"
#include "server/config/place.h"
#include "server/config/source_files.h"

namespace oauth1d::config {

// A PEM chain and the key of its first certificate.
struct KeyPair {
  std::string certificate_pem;
  Secret private_key_pem;
};

// From the fields cert_file and key_file of `place`. Nothing, and faults, if they are not that or do not belong
// together; a warning if the certificate is not valid at `now`, or for less than two weeks more.
std::optional<KeyPair> LoadKeyPair(const std::string& cert_file, const std::string& key_file, const Place& place,
                                   absl::Time now, Sources& sources);

// The PEM text of at least one certificate; empty, and a fault at `path`, if it is not.
std::string LoadCaFile(const std::string& file, const std::string& path, Sources& sources, Findings& findings);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_TLS_FILES_H_
