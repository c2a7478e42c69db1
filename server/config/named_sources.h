// What a configuration reads secrets from, wherever in it they stand.
#ifndef OAUTH1D_SERVER_CONFIG_NAMED_SOURCES_H_
#define OAUTH1D_SERVER_CONFIG_NAMED_SOURCES_H_

#include <set>
#include <string>
#include <vector>

#include "oauth1d/config/v1/config.pb.h"

namespace oauth1d::config {

struct NamedSources {
  // Of environment variables, as `env:` has them.
  std::set<std::string> variables;
  // Where each `command:` stands, such as keyring.command.
  std::vector<std::string> commands;
};

// By reflection, so that a secret that is new in the schema is found too.
NamedSources FindNamedSources(const v1::Config& config);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_NAMED_SOURCES_H_
