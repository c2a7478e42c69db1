// Certificates and private keys: that they are what they should be, before anything listens or connects.
#ifndef OAUTH1D_SERVER_CONFIG_TLS_FILES_H_
#define OAUTH1D_SERVER_CONFIG_TLS_FILES_H_

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "oauth1d/config/v1/config.pb.h"
#include "server/config/findings.h"
#include "server/config/snapshot.h"
#include "server/config/source_files.h"

namespace oauth1d::config {

// A PEM chain and the key of its first certificate. Nothing, and faults, if they are not that or do not belong
// together; a warning if the certificate is not valid at `now`, or for less than two weeks more.
std::optional<ListenTls> LoadListenTls(const v1::ListenTls& tls, const std::string& path, absl::Time now,
                                       const Sources& sources, Findings& findings);

// The PEM text of at least one certificate; empty, and a fault at `path`, if it is not.
std::string LoadCaFile(const std::string& file, const std::string& path, const Sources& sources, Findings& findings);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_TLS_FILES_H_
