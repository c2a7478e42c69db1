#include "server/rpc/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>
#include <sys/file.h>
#include <unistd.h>

#include <fcntl.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace oauth1d::rpc {
namespace {

// A little over the 4 MiB that clients send at most by default: a body beyond our own 3.5 MiB is then refused by us,
// with the field's name.
constexpr int kMaxRequest = 5 * 1024 * 1024;
constexpr char kStoreHealth[] = "oauth1d.store";
constexpr absl::Duration kLookEvery = absl::Milliseconds(20);
constexpr int kIdleLooks = 25;

// Linking gRPC's reflection library switches it on for every server of the process: this switches it off.
class WithoutReflection : public grpc::ServerBuilderOption {
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins, [](const auto& plugin) { return plugin->name() == "proto_server_reflection"; });
  }
};

std::shared_ptr<grpc::ServerCredentials> Credentials(const ServerOptions& options) {
  if (options.certificate_pem.empty()) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions tls(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  tls.pem_key_cert_pairs.push_back({std::string(options.private_key_pem.Reveal()), options.certificate_pem});
  return grpc::SslServerCredentials(tls);
}

// A second server would take the path from under the first, and neither would notice: a lock beside it tells.
// -1: another process holds it, or the folder is missing.
int LockSocketPath(const std::string& path) {
  const int lock = open((path + ".lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0) return lock;
  if (lock >= 0) close(lock);
  return -1;
}

std::string AddressWithPort(const std::string& address, int port) {
  if (absl::StartsWith(address, "unix:")) return address;
  return absl::StrCat(address.substr(0, address.rfind(':')), ":", port);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Listen(const ServerOptions& options, OAuth1Service& service) {
  grpc::EnableDefaultHealthCheckService(true);
  const bool unix_socket = absl::StartsWith(options.address, "unix:");
  const int lock = unix_socket ? LockSocketPath(options.address.substr(5)) : -1;
  const absl::Status cannot = absl::UnavailableError(
      absl::StrCat("cannot listen on ", options.address, ": it is taken, or ",
                   unix_socket ? "its folder is missing or not ours to write" : "no address of this host"));
  if (unix_socket && lock < 0) return cannot;
  grpc::ServerBuilder builder;
  if (options.reflection) {
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  } else {
    builder.SetOption(std::make_unique<WithoutReflection>());
  }
  int port = 0;
  builder.AddListeningPort(options.address, Credentials(options), &port);
  // Else a second server on the port silently takes half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetMaxReceiveMessageSize(kMaxRequest);
  builder.RegisterService(&service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || (port == 0 && !unix_socket)) {
    if (lock >= 0) close(lock);
    return cannot;
  }
  auto listening =
      std::unique_ptr<Server>(new Server(std::move(server), service, AddressWithPort(options.address, port), lock));
  listening->SetServing(false);
  listening->SetStoreUp(false);
  return listening;
}

Server::~Server() {
  server_.reset();  // first: it removes the socket
  if (lock_ >= 0) close(lock_);
}

void Server::SetServing(bool serving) {
  grpc::HealthCheckServiceInterface* const health = server_->GetHealthCheckService();
  health->SetServingStatus("", serving);
  health->SetServingStatus(v1::OAuth1Service::service_full_name(), serving);
}

void Server::SetStoreUp(bool up) { server_->GetHealthCheckService()->SetServingStatus(kStoreHealth, up); }

void Server::Shutdown(absl::Duration grace) {
  std::atomic<bool> over = false;
  // gRPC also waits until each client has read its GOAWAY, which an idle one does seconds later. Once no call has run
  // for a moment, what is left are such connections (and health watches): they are closed.
  std::thread idle_watch([&] {
    int idle_looks = 0;
    while (!over && idle_looks < kIdleLooks) {
      absl::SleepFor(kLookEvery);
      idle_looks = service_.calls() == 0 ? idle_looks + 1 : 0;
    }
    if (!over) grpc_server_cancel_all_calls(server_->c_server());
  });
  server_->Shutdown(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(grace));
  over = true;
  server_->Wait();
  idle_watch.join();
}

}  // namespace oauth1d::rpc
