// How much the service takes on at once.
#ifndef OAUTH1D_SERVER_CONFIG_LIMITS_BUILDER_H_
#define OAUTH1D_SERVER_CONFIG_LIMITS_BUILDER_H_

#include <cstdint>

#include "oauth1d/config/v1/config.pb.h"
#include "server/config/findings.h"
#include "server/config/place.h"
#include "server/config/snapshot.h"

namespace oauth1d::config {

// What is not written gets its default.
void FillLimits(const Findings& findings, v1::Limits& limits);

// Of `limits`, which are filled. Faults: what is written and 0, or beyond what makes sense.
void BuildLimits(const v1::Limits& limits, const Place& place, Snapshot& snapshot, providers::HouseRules& rules);

// A limit that may be left out: 0 then, and a fault where 0 is written.
int OptionalLimit(uint32_t limit, const Place& place);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_LIMITS_BUILDER_H_
