// One blocking call of the contract.
#ifndef OAUTH1D_CLIENT_CLI_CALL_H_
#define OAUTH1D_CLIENT_CLI_CALL_H_

#include "client/cli/connection.h"
#include "client/cli/report.h"
#include "oauth1d/v1/oauth1d.grpc.pb.h"

namespace oauth1d::cli {

// Prints the error and gives its exit status, or 0.
template <typename Method, typename Request, typename Response>
int Call(const Connection& connection, bool json, Method method, const Request& request, Response& response) {
  const auto stub = v1::OAuth1Service::NewStub(connection.Open());
  grpc::ClientContext context;
  connection.Prepare(context);
  const grpc::Status status = ((*stub).*method)(&context, request, &response);
  return status.ok() ? 0 : ReportError(status, json);
}

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_CALL_H_
