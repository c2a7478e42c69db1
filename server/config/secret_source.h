// Fetches a secret from where the configuration says that it is.
#ifndef OAUTH1D_SERVER_CONFIG_SECRET_SOURCE_H_
#define OAUTH1D_SERVER_CONFIG_SECRET_SOURCE_H_

#include <string>

#include "oauth1d/config/v1/config.pb.h"
#include "server/base/secret.h"
#include "server/config/findings.h"
#include "server/config/source_files.h"

namespace oauth1d::config {

// A line break at the end of a file, or of what a program writes, is cut off. Empty, and a fault at `path` or below, if
// it cannot be had.
Secret ReadSecret(const v1::SecretSource& source, const std::string& path, Sources& sources, Findings& findings);

// The same without cutting a line break off: a key may be binary.
Secret ReadSecretBytes(const v1::SecretSource& source, const std::string& path, Sources& sources, Findings& findings);

// The text of the file, or a fault at `path`.
Secret ReadFileAt(const std::string& file, FileKind kind, const std::string& path, Sources& sources,
                  Findings& findings);

// The value of the variable, or a fault at `path`.
Secret ReadVariableAt(const std::string& name, const std::string& path, Sources& sources, Findings& findings);

// What the program writes, or a fault at `path` or below.
Secret RunCommandAt(const v1::Command& command, const std::string& path, const Sources& sources, Findings& findings);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_SECRET_SOURCE_H_
