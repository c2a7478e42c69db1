// Who we are to a provider in one request: the provider, one of its consumers, and one account's endpoints.
#ifndef OAUTH1D_SERVER_PROVIDERS_CLIENT_H_
#define OAUTH1D_SERVER_PROVIDERS_CLIENT_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/oauth1/parameter.h"
#include "server/providers/endpoints.h"
#include "server/providers/provider.h"

namespace oauth1d::providers {

struct Client {
  std::shared_ptr<const Provider> provider;    // never null
  std::shared_ptr<const Consumer> consumer;    // never null
  std::shared_ptr<const Endpoints> endpoints;  // never null
  // What filled the templates: the consumer's and the caller's values, sorted by name.
  oauth1::Parameters parameters;
};

// `values` fill what the record leaves open and the consumer does not fix. `consumer_key`: what a flow or token began
// with, which may be one of the consumer's previous keys; empty: the present one.
// Errors: kInvalidArgument with reason INVALID_REQUEST that names `consumer` or `provider_parameters`.
absl::StatusOr<Client> FindClient(std::shared_ptr<const Provider> provider, absl::string_view consumer,
                                  const oauth1::Parameters& values, absl::string_view consumer_key = "");

}  // namespace oauth1d::providers

#endif  // OAUTH1D_SERVER_PROVIDERS_CLIENT_H_
