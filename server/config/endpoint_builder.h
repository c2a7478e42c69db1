// A provider's URLs, and what they leave open.
#ifndef OAUTH1D_SERVER_CONFIG_ENDPOINT_BUILDER_H_
#define OAUTH1D_SERVER_CONFIG_ENDPOINT_BUILDER_H_

#include "oauth1d/config/v1/config.pb.h"
#include "server/config/place.h"
#include "server/providers/endpoints.h"

namespace oauth1d::config {

// URLs, realm, headers and parameters. Faults: what is no URL whatever fills it, plain http that is not allowed, URLs
// that lack others, hosts that callers could choose.
providers::EndpointTemplates BuildEndpoints(const v1::Provider& from, const Place& place);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_ENDPOINT_BUILDER_H_
