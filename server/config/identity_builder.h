// What callers prove to be an owner.
#ifndef OAUTH1D_SERVER_CONFIG_IDENTITY_BUILDER_H_
#define OAUTH1D_SERVER_CONFIG_IDENTITY_BUILDER_H_

#include <vector>

#include "oauth1d/config/v1/config.pb.h"
#include "server/callers/identity.h"
#include "server/config/findings.h"

namespace oauth1d::config {

// Of all owners, in the file's order. Faults: identities that ask for nothing, or for what listen.tls lets nobody
// prove; two of different owners that the same proof would fit. Warnings: owners that nobody can be.
std::vector<callers::Identity> BuildIdentities(const v1::Config& config, Findings& findings);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_IDENTITY_BUILDER_H_
