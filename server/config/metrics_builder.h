// Where Prometheus finds the numbers of the service.
#ifndef OAUTH1D_SERVER_CONFIG_METRICS_BUILDER_H_
#define OAUTH1D_SERVER_CONFIG_METRICS_BUILDER_H_

#include "oauth1d/config/v1/config.pb.h"
#include "server/config/findings.h"
#include "server/config/place.h"
#include "server/config/snapshot.h"

namespace oauth1d::config {

// Of `metrics`, which has its default where the text has nothing.
Metrics BuildMetrics(const v1::Metrics& from, const Place& place);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_METRICS_BUILDER_H_
