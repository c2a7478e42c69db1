// Who we are at a provider.
#ifndef OAUTH1D_SERVER_CONFIG_CONSUMER_BUILDER_H_
#define OAUTH1D_SERVER_CONFIG_CONSUMER_BUILDER_H_

#include <vector>

#include "oauth1d/config/v1/config.pb.h"
#include "server/config/place.h"
#include "server/config/source_files.h"
#include "server/providers/provider.h"

namespace oauth1d::config {

// `provider` has its templates and phases. Faults: secrets and keys that a phase needs and that are not there, values
// that no template takes, and values that only the configuration may give and does not.
std::vector<providers::Consumer> BuildConsumers(const v1::Provider& from, const Place& place,
                                                const providers::Provider& provider, Sources& sources);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_CONSUMER_BUILDER_H_
