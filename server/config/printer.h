// A configuration as YAML, for people and for loading again.
#ifndef OAUTH1D_SERVER_CONFIG_PRINTER_H_
#define OAUTH1D_SERVER_CONFIG_PRINTER_H_

#include <string>

#include "oauth1d/config/v1/config.pb.h"

namespace oauth1d::config {

// Every field that has a value or needs none to be meant; where a secret comes from is followed by `# <set>`.
std::string PrintConfig(const v1::Config& config);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_PRINTER_H_
