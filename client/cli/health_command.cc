#include "client/cli/health_command.h"

#include <google/protobuf/wrappers.pb.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <future>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "client/cli/report.h"

namespace oauth1d::cli {
namespace {

// grpc.health.v1 has HealthCheckRequest {string service = 1} and HealthCheckResponse {enum status = 1}: on the wire
// they are StringValue and Int32Value, so no copy of Google's file is needed.
using HealthStub = grpc::TemplatedGenericStub<google::protobuf::StringValue, google::protobuf::Int32Value>;

}  // namespace

grpc::Status CheckHealth(const Connection& connection, const std::string& service, std::string& health) {
  HealthStub stub(connection.Open());
  grpc::ClientContext context;
  connection.Prepare(context);
  google::protobuf::StringValue request;
  request.set_value(service);
  google::protobuf::Int32Value response;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, "/grpc.health.v1.Health/Check", grpc::StubOptions(), &request, &response,
                 [&](grpc::Status status) { done.set_value(std::move(status)); });
  grpc::Status status = done.get_future().get();
  constexpr int kServing = 1;
  health = response.value() == kServing ? "SERVING" : "NOT_SERVING";
  return status;
}

int Health(const Connection& connection, bool json) {
  std::string service;
  std::string store;
  for (const auto& [name, health] :
       {std::pair{std::string(), &service}, std::pair{std::string("oauth1d.store"), &store}}) {
    const grpc::Status status = CheckHealth(connection, name, *health);
    if (!status.ok()) return ReportError(status, json);
  }
  if (json) {
    std::cout << nlohmann::ordered_json{{"service", service}, {"store", store}}.dump() << "\n";
  } else {
    std::cout << "service " << service << "\nstore " << store << "\n";
  }
  return service == "SERVING" ? 0 : 10 + static_cast<int>(grpc::StatusCode::UNAVAILABLE);
}

}  // namespace oauth1d::cli
