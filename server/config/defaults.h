// What a configuration leaves out, written out.
#ifndef OAUTH1D_SERVER_CONFIG_DEFAULTS_H_
#define OAUTH1D_SERVER_CONFIG_DEFAULTS_H_

#include "oauth1d/config/v1/config.pb.h"
#include "server/config/findings.h"
#include "server/config/source_files.h"

namespace oauth1d::config {

// Sets every field that has a default and is not written.
void FillDefaults(const Findings& findings, v1::Config& config);

// Makes paths absolute: then the configuration means the same wherever its file lies.
void MakePathsAbsolute(const Sources& sources, v1::Config& config);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_DEFAULTS_H_
