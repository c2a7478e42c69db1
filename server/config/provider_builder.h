// From a provider's message to its frozen record.
#ifndef OAUTH1D_SERVER_CONFIG_PROVIDER_BUILDER_H_
#define OAUTH1D_SERVER_CONFIG_PROVIDER_BUILDER_H_

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "oauth1d/config/v1/config.pb.h"
#include "server/config/findings.h"
#include "server/config/source_files.h"
#include "server/providers/provider.h"

namespace oauth1d::config {

// `provider` has its defaults; `path` is where it stands. The result is only of use if there was no fault. The
// name is not checked here.
std::shared_ptr<const providers::Provider> BuildProvider(const v1::Provider& provider, const std::string& path,
                                                         absl::Time now, Sources& sources, Findings& findings);

// Whether users can log in: the three endpoints are there.
bool HasLogin(const v1::Provider& provider);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_PROVIDER_BUILDER_H_
