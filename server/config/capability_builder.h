// What can be done with a provider.
#ifndef OAUTH1D_SERVER_CONFIG_CAPABILITY_BUILDER_H_
#define OAUTH1D_SERVER_CONFIG_CAPABILITY_BUILDER_H_

#include <set>

#include "oauth1d/config/v1/config.pb.h"
#include "server/config/place.h"
#include "server/providers/provider.h"

namespace oauth1d::config {

// What the URLs allow, in the order of the manual: the default.
void FillCapabilities(v1::Provider& provider);

// Faults: words that are none, and capabilities that the URLs or the others contradict.
std::set<providers::Capability> BuildCapabilities(const v1::Provider& from, const Place& place);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_CAPABILITY_BUILDER_H_
