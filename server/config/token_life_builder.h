// How tokens are renewed and revoked.
#ifndef OAUTH1D_SERVER_CONFIG_TOKEN_LIFE_BUILDER_H_
#define OAUTH1D_SERVER_CONFIG_TOKEN_LIFE_BUILDER_H_

#include "oauth1d/config/v1/config.pb.h"
#include "server/config/place.h"
#include "server/providers/provider.h"

namespace oauth1d::config {

// `to` has its templates.
void BuildTokenLife(const v1::Provider& from, const Place& place, providers::Provider& to);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_TOKEN_LIFE_BUILDER_H_
