// The gRPC server behind its own accept loop: TLS, limits of HTTP/2, health, reflection.
#ifndef OAUTH1D_SERVER_RPC_SERVER_H_
#define OAUTH1D_SERVER_RPC_SERVER_H_

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/rpc/acceptor.h"
#include "server/rpc/connections.h"
#include "server/rpc/hand_over.h"
#include "server/rpc/oauth1_service.h"

namespace oauth1d::rpc {

struct ServerOptions {
  std::string address;  // host:port, [v6]:port or unix:/path; port 0: any
  bool reflection = false;
  std::shared_ptr<grpc::ServerCredentials> credentials;  // null: plain text
};

class Server {
 public:
  // Listens at once, and says NOT_SERVING until SetServing. `service` and `connections` outlive it.
  // Errors: kUnavailable: cannot listen there.
  static absl::StatusOr<std::unique_ptr<Server>> Listen(const ServerOptions& options, OAuth1Service& service,
                                                        Connections& connections);

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The address with the port that it got.
  const std::string& address() const { return address_; }

  // gRPC health of "" and oauth1d.v1.OAuth1Service, and of oauth1d.store. Thread-safe.
  void SetServing(bool serving);
  void SetStoreUp(bool up);

  // No new calls; those that run get `grace`, then they are cancelled. Returns when all have ended.
  void Shutdown(absl::Duration grace);

 private:
  Server(OAuth1Service& service, std::string address) : service_(service), address_(std::move(address)) {}

  OAuth1Service& service_;
  const std::string address_;
  // In this order: what is last gives to what is before, and goes first.
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> entrance_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<HandOver> hand_over_;
  std::unique_ptr<Acceptor> acceptor_;
};

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_SERVER_H_
