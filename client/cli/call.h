// One blocking call of the contract.
#ifndef OAUTH1D_CLIENT_CLI_CALL_H_
#define OAUTH1D_CLIENT_CLI_CALL_H_

#include <utility>

#include "absl/status/statusor.h"
#include "client/cli/connection.h"
#include "client/cli/report.h"

namespace oauth1d::cli {

// Call(connection, json, &Client::ListProviders, request, response) prints the error and gives its exit status, or 0.
template <typename Request, typename Response>
int Call(const Connection& connection, bool json,
         absl::StatusOr<Response> (Client::*method)(const Request&, const CallOptions&) const, const Request& request,
         Response& response) {
  absl::StatusOr<Response> result = (connection.Connect().*method)(request, connection.Options());
  if (!result.ok()) return ReportError(result.status(), json);
  response = *std::move(result);
  return 0;
}

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_CALL_H_
