#include "server/rpc/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace oauth1d::rpc {
namespace {

// A little over the 4 MiB that clients send at most by default: a body beyond our own 3.5 MiB is then refused by us,
// with the field's name.
constexpr int kMaxRequest = 5 * 1024 * 1024;
constexpr char kStoreHealth[] = "oauth1d.store";

std::shared_ptr<grpc::ServerCredentials> Credentials(const ServerOptions& options) {
  if (options.certificate_pem.empty()) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions tls(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  tls.pem_key_cert_pairs.push_back({std::string(options.private_key_pem.Reveal()), options.certificate_pem});
  return grpc::SslServerCredentials(tls);
}

std::string AddressWithPort(const std::string& address, int port) {
  if (absl::StartsWith(address, "unix:")) return address;
  return absl::StrCat(address.substr(0, address.rfind(':')), ":", port);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Listen(const ServerOptions& options, OAuth1Service& service) {
  grpc::EnableDefaultHealthCheckService(true);
  if (options.reflection) grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(options.address, Credentials(options), &port);
  // Else a second server on the port silently takes half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetMaxReceiveMessageSize(kMaxRequest);
  builder.RegisterService(&service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  const bool unix_socket = absl::StartsWith(options.address, "unix:");
  if (server == nullptr || (port == 0 && !unix_socket)) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", options.address));
  }
  auto listening = std::unique_ptr<Server>(new Server(std::move(server), AddressWithPort(options.address, port)));
  listening->SetServing(false);
  listening->SetStoreUp(false);
  return listening;
}

void Server::SetServing(bool serving) {
  grpc::HealthCheckServiceInterface* const health = server_->GetHealthCheckService();
  health->SetServingStatus("", serving);
  health->SetServingStatus(v1::OAuth1Service::service_full_name(), serving);
}

void Server::SetStoreUp(bool up) { server_->GetHealthCheckService()->SetServingStatus(kStoreHealth, up); }

void Server::Shutdown(absl::Duration grace) {
  server_->Shutdown(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(grace));
  server_->Wait();
}

}  // namespace oauth1d::rpc
