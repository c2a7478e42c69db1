// oauth1ctl health.
#ifndef OAUTH1D_CLIENT_CLI_HEALTH_COMMAND_H_
#define OAUTH1D_CLIENT_CLI_HEALTH_COMMAND_H_

#include <grpcpp/support/status.h>

#include <string>

#include "client/cli/connection.h"

namespace oauth1d::cli {

// Asks for the health of `service` (empty: the whole; `oauth1d.store`): SERVING or NOT_SERVING.
grpc::Status CheckHealth(const Connection& connection, const std::string& service, std::string& health);

// Prints the health of the service and of its store. Exit status 0: serving; 24 (10 + UNAVAILABLE): not serving.
int Health(const Connection& connection, bool json);

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_HEALTH_COMMAND_H_
