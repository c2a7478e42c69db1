// What a running service can take over from a new configuration.
#ifndef OAUTH1D_SERVER_RELOAD_H_
#define OAUTH1D_SERVER_RELOAD_H_

#include <vector>

#include "server/config/findings.h"
#include "server/config/snapshot.h"

namespace oauth1d {

// What differs between the two and cannot change without a restart; empty: `next` can be swapped in whole.
std::vector<config::Mistake> FixedDifferences(const config::Snapshot& now, const config::Snapshot& next);

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_RELOAD_H_
