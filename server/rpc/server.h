// The gRPC server: port, TLS, health, reflection.
#ifndef OAUTH1D_SERVER_RPC_SERVER_H_
#define OAUTH1D_SERVER_RPC_SERVER_H_

#include <grpcpp/server.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/secret.h"
#include "server/rpc/oauth1_service.h"

namespace oauth1d::rpc {

struct ServerOptions {
  std::string address;  // host:port, [v6]:port or unix:/path; port 0: any
  bool reflection = false;
  // One-way TLS, where there is a certificate.
  std::string certificate_pem;
  Secret private_key_pem;
};

class Server {
 public:
  // Listens at once, and says NOT_SERVING until SetServing. `service` outlives it.
  // Errors: kUnavailable: cannot listen there.
  static absl::StatusOr<std::unique_ptr<Server>> Listen(const ServerOptions& options, OAuth1Service& service);

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  // The address with the port that it got.
  const std::string& address() const { return address_; }

  // gRPC health of "" and oauth1d.v1.OAuth1Service, and of oauth1d.store. Thread-safe.
  void SetServing(bool serving);
  void SetStoreUp(bool up);

  // No new calls; those that run get `grace`, then they are cancelled. Returns when all have ended.
  void Shutdown(absl::Duration grace);

 private:
  Server(std::unique_ptr<grpc::Server> server, OAuth1Service& service, std::string address, int lock)
      : service_(service), server_(std::move(server)), address_(std::move(address)), lock_(lock) {}

  OAuth1Service& service_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
  int lock_;  // of a unix socket's path; -1: none
};

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_SERVER_H_
