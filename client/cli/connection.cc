#include "client/cli/connection.h"

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>

#include "oauth1d/channel.h"

namespace oauth1d::cli {
namespace {

template <typename T>
T OrThrow(absl::StatusOr<T> result) {
  if (!result.ok()) throw std::runtime_error(std::string(result.status().message()));
  return *std::move(result);
}

}  // namespace

Connection Connection::FromEnvironment() {
  Connection connection;
  static_cast<ClientOptions&>(connection) = ClientOptions::FromEnvironment();
  return connection;
}

Client Connection::Connect() const { return OrThrow(Client::Connect(*this)); }

std::shared_ptr<grpc::Channel> Connection::Open() const { return OrThrow(OpenChannel(*this)); }

CallOptions Connection::Options() const {
  CallOptions options;
  options.timeout = absl::Seconds(timeout_seconds);
  return options;
}

void Connection::Prepare(grpc::ClientContext& context) const {
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(timeout_seconds));
  if (!api_key.empty()) context.AddMetadata("authorization", "Bearer " + api_key);
}

}  // namespace oauth1d::cli
