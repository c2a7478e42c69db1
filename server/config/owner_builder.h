// From an owner's message to what the owner may do.
#ifndef OAUTH1D_SERVER_CONFIG_OWNER_BUILDER_H_
#define OAUTH1D_SERVER_CONFIG_OWNER_BUILDER_H_

#include <memory>
#include <vector>

#include "oauth1d/config/v1/config.pb.h"
#include "server/config/place.h"
#include "server/providers/owner.h"

namespace oauth1d::config {

// `config` and `built` hold the same providers in the same order. The result is only of use if there was no
// fault. The name and the identities are not looked at here.
std::shared_ptr<const providers::Owner> BuildOwner(
    const v1::Owner& owner, const Place& place, const v1::Config& config,
    const std::vector<std::shared_ptr<const providers::Provider>>& built);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_OWNER_BUILDER_H_
