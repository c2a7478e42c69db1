// What holds for all owners and providers alike. Frozen with the configuration.
#ifndef OAUTH1D_SERVER_PROVIDERS_HOUSE_RULES_H_
#define OAUTH1D_SERVER_PROVIDERS_HOUSE_RULES_H_

#include <cstddef>
#include <set>
#include <string>

#include "absl/time/time.h"

namespace oauth1d::providers {

struct HouseRules {
  // How long a user may take at the provider.
  absl::Duration flow_life = absl::Minutes(10);
  // The longest answer of a token call.
  size_t token_reply_bytes = size_t{64} * 1024;
  // Access tokens that are refused though they open.
  absl::Time refuse_sealed_before = absl::InfinitePast();
  std::set<std::string> refused_token_ids;  // of 16 bytes
};

}  // namespace oauth1d::providers

#endif  // OAUTH1D_SERVER_PROVIDERS_HOUSE_RULES_H_
