// How the requests of each phase are made.
#ifndef OAUTH1D_SERVER_CONFIG_PHASE_BUILDER_H_
#define OAUTH1D_SERVER_CONFIG_PHASE_BUILDER_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "oauth1d/config/v1/config.pb.h"
#include "server/config/place.h"
#include "server/oauth1/signature.h"
#include "server/providers/provider.h"

namespace oauth1d::config {

// Sets the three phases. `to` has its templates.
void BuildPhases(const v1::Provider& from, const Place& place, providers::Provider& to);

// A phase that sends requests, since it has URLs, and what it signs with; left out where that is at fault.
struct SigningPhase {
  absl::string_view name;
  oauth1::SignatureMethod method;
};
std::vector<SigningPhase> SigningPhases(const providers::Provider& provider, const Place& place);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_PHASE_BUILDER_H_
