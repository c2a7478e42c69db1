// What a provider's traffic may touch.
#ifndef OAUTH1D_SERVER_CONFIG_NETWORK_RULES_BUILDER_H_
#define OAUTH1D_SERVER_CONFIG_NETWORK_RULES_BUILDER_H_

#include <memory>

#include "oauth1d/config/v1/config.pb.h"
#include "server/base/network_rules.h"
#include "server/config/place.h"
#include "server/config/source_files.h"

namespace oauth1d::config {

// Faults: blocks that are none, a file without certificates, a proxy without an address or with half a login.
std::shared_ptr<const NetworkRules> BuildNetworkRules(const v1::Egress& egress, const Place& place, Sources& sources);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_NETWORK_RULES_BUILDER_H_
