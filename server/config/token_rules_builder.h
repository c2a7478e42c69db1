// Which sealed access tokens are refused.
#ifndef OAUTH1D_SERVER_CONFIG_TOKEN_RULES_BUILDER_H_
#define OAUTH1D_SERVER_CONFIG_TOKEN_RULES_BUILDER_H_

#include "absl/time/time.h"
#include "oauth1d/config/v1/config.pb.h"
#include "server/config/place.h"
#include "server/providers/house_rules.h"

namespace oauth1d::config {

// Faults: what is no time and no id. Warning: a time after `now`.
void BuildTokenRules(const v1::AccessTokens& from, const Place& place, absl::Time now, providers::HouseRules& to);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_TOKEN_RULES_BUILDER_H_
