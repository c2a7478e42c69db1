// Where flows are kept.
#ifndef OAUTH1D_SERVER_CONFIG_STORE_BUILDER_H_
#define OAUTH1D_SERVER_CONFIG_STORE_BUILDER_H_

#include "absl/time/time.h"
#include "oauth1d/config/v1/config.pb.h"
#include "server/config/place.h"
#include "server/config/snapshot.h"
#include "server/config/source_files.h"

namespace oauth1d::config {

// `now` judges the dates of certificates.
RedisOptions BuildRedis(const v1::RedisStore& from, const Place& place, absl::Time now, Sources& sources);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_STORE_BUILDER_H_
