// What an owner may do with one provider.
#ifndef OAUTH1D_SERVER_CONFIG_GRANT_BUILDER_H_
#define OAUTH1D_SERVER_CONFIG_GRANT_BUILDER_H_

#include "oauth1d/config/v1/config.pb.h"
#include "server/config/place.h"
#include "server/providers/owner.h"

namespace oauth1d::config {

// Everything but the provider itself. Faults: callback URLs, RPCs, methods and path prefixes that are none; lists that
// are written empty, which would mean everything.
providers::Grant BuildGrant(const v1::Grant& from, const Place& place);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_GRANT_BUILDER_H_
