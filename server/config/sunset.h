// The last day of a provider.
#ifndef OAUTH1D_SERVER_CONFIG_SUNSET_H_
#define OAUTH1D_SERVER_CONFIG_SUNSET_H_

#include <string>

#include "absl/time/time.h"
#include "server/config/place.h"

namespace oauth1d::config {

// Faults what is no YYYY-MM-DD; warns of a day that is past, or near.
void CheckSunset(const std::string& sunset_date, const Place& at, absl::Time now);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_SUNSET_H_
