// How oauth1ctl reaches a server.
#ifndef OAUTH1D_CLIENT_CLI_CONNECTION_H_
#define OAUTH1D_CLIENT_CLI_CONNECTION_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <string>

namespace oauth1d::cli {

struct Connection {
  std::string server = "127.0.0.1:50051";
  std::string ca_file;  // TLS when one of the three is set
  std::string cert_file;
  std::string key_file;
  std::string api_key;  // sent as `authorization: Bearer KEY`
  int timeout_seconds = 30;

  // Reads OAUTH1D_SERVER, OAUTH1D_CA_FILE, OAUTH1D_CERT_FILE, OAUTH1D_KEY_FILE, OAUTH1D_API_KEY.
  static Connection FromEnvironment();

  // Throws std::runtime_error where a file cannot be read.
  std::shared_ptr<grpc::Channel> Open() const;
  void Prepare(grpc::ClientContext& context) const;
};

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_CONNECTION_H_
