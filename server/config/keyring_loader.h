// The keyring: its text from a file, a variable or a program, its keys through sealing::Keyring.
#ifndef OAUTH1D_SERVER_CONFIG_KEYRING_LOADER_H_
#define OAUTH1D_SERVER_CONFIG_KEYRING_LOADER_H_

#include <memory>

#include "oauth1d/config/v1/config.pb.h"
#include "server/config/findings.h"
#include "server/config/source_files.h"
#include "server/sealing/keyring.h"

namespace oauth1d::config {

// Null, and faults, where there is none to be had. Mistakes in the keyring's own text have paths that begin with the
// file's path and `:`, or with `keyring:` where it is no file, and places in that text; nothing of it is repeated but
// ids.
std::shared_ptr<const sealing::Keyring> LoadKeyring(const v1::Keyring& keyring, Sources& sources, Findings& findings);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_KEYRING_LOADER_H_
