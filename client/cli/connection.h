// How oauth1ctl reaches a server.
#ifndef OAUTH1D_CLIENT_CLI_CONNECTION_H_
#define OAUTH1D_CLIENT_CLI_CONNECTION_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>

#include "oauth1d/client.h"

namespace oauth1d::cli {

struct Connection : ClientOptions {
  int timeout_seconds = 30;

  // Reads OAUTH1D_SERVER, OAUTH1D_CA_FILE, OAUTH1D_CERT_FILE, OAUTH1D_KEY_FILE, OAUTH1D_API_KEY.
  static Connection FromEnvironment();

  // Both throw std::runtime_error where a setting is wrong or a file cannot be read.
  Client Connect() const;
  std::shared_ptr<grpc::Channel> Open() const;

  // The deadline of every call.
  CallOptions Options() const;
  // For calls that are not of the contract, over Open(): deadline and API key.
  void Prepare(grpc::ClientContext& context) const;
};

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_CONNECTION_H_
