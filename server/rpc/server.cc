#include "server/rpc/server.h"

#include <grpcpp/alarm.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "server/rpc/listener.h"
#include "server/rpc/visit.h"

// gRPC 1.51 has it, and no header of Debian's declares it: Shutdown tells clients to go and at the same moment cancels
// whatever they had sent before they heard of it.
namespace grpc_core {
class Server {
 public:
  void SendGoaways();
};
}  // namespace grpc_core

namespace oauth1d::rpc {
namespace {

// A little over the 4 MiB that clients send at most by default: a body beyond our own 3.5 MiB is then refused by us,
// with the field's name.
constexpr int kMaxRequest = 5 * 1024 * 1024;
constexpr char kStoreHealth[] = "oauth1d.store";
constexpr absl::Duration kLookEvery = absl::Milliseconds(20);
constexpr int kIdleLooks = 25;
// For a GOAWAY to arrive, and for the calls that were on their way.
constexpr int kFarewellLooks = 50;
// A slow client behind a bad line needs two; whoever says nothing holds a place until then.
constexpr absl::Duration kHandshake = absl::Seconds(10);
constexpr absl::Duration kLeastPing = absl::Seconds(10);

// Linking gRPC's reflection library switches it on for every server of the process: this switches it off.
class WithoutReflection : public grpc::ServerBuilderOption {
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins, [](const auto& plugin) { return plugin->name() == "proto_server_reflection"; });
  }
};

// The one place where TLS begins.
std::shared_ptr<grpc::ServerCredentials> Credentials(const ServerOptions& options) {
  return options.credentials != nullptr ? options.credentials : grpc::InsecureServerCredentials();
}

int Milliseconds(absl::Duration duration) { return static_cast<int>(absl::ToInt64Milliseconds(duration)); }

// What gRPC can do itself against callers who go wrong, or mean harm. The rest is with Connections.
void LimitConnections(const ConnectionLimits& limits, grpc::ServerBuilder& builder) {
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, limits.streams_per_connection);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, static_cast<int>(limits.metadata_bytes));
  // For TLS and the first SETTINGS together.
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, Milliseconds(kHandshake));
  // A caller that vanished without a word is found out.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(absl::Seconds(60)));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(absl::Seconds(20)));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // gRPC's clients ping every 10 s at most, and health watches have no calls beside them.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, Milliseconds(kLeastPing));
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 2);
  // Callers come back by way of their load balancer now and then, and find new replicas. Calls that run may end: the
  // longest, a stream, has an hour.
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, Milliseconds(absl::Minutes(30)));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, Milliseconds(kLongestStream + absl::Seconds(30)));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, Milliseconds(absl::Minutes(5)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Listen(const ServerOptions& options, OAuth1Service& service,
                                                       Connections& connections) {
  grpc::EnableDefaultHealthCheckService(true);
  absl::StatusOr<Listener> listener = Listener::Open(options.address);
  if (!listener.ok()) return listener.status();
  auto listening = std::unique_ptr<Server>(new Server(service, listener->address()));
  grpc::ServerBuilder builder;
  if (options.reflection) {
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  } else {
    builder.SetOption(std::make_unique<WithoutReflection>());
  }
  listening->entrance_ = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, Credentials(options));
  LimitConnections(connections.limits(), builder);
  builder.SetMaxReceiveMessageSize(kMaxRequest);
  builder.RegisterService(&service);
  listening->server_ = builder.BuildAndStart();
  if (listening->server_ == nullptr) return absl::UnavailableError("gRPC does not start: see its lines above");
  listening->SetServing(false);
  listening->SetStoreUp(false);
  listening->hand_over_ = std::make_unique<HandOver>([entrance = listening->entrance_.get()](int socket) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.fd = socket;
    entrance->HandleNewConnection(&connection);
  });
  listening->acceptor_ =
      std::make_unique<Acceptor>(*std::move(listener), connections,
                                 [hand_over = listening->hand_over_.get()](int socket) { hand_over->Give(socket); });
  return listening;
}

void Server::SetServing(bool serving) {
  grpc::HealthCheckServiceInterface* const health = server_->GetHealthCheckService();
  health->SetServingStatus("", serving);
  health->SetServingStatus(v1::OAuth1Service::service_full_name(), serving);
}

void Server::SetStoreUp(bool up) { server_->GetHealthCheckService()->SetServingStatus(kStoreHealth, up); }

void Server::Shutdown(absl::Duration grace) {
  acceptor_->Stop();
  // On a thread of gRPC's: it works for its execution context alone.
  std::promise<void> told;
  grpc::Alarm alarm;
  alarm.Set(gpr_now(GPR_CLOCK_MONOTONIC), [&](bool) {
    reinterpret_cast<grpc_core::Server*>(server_->c_server())->SendGoaways();
    told.set_value();
  });
  told.get_future().wait();
  for (int looks = 0, idle = 0; looks < kFarewellLooks && idle < kIdleLooks; ++looks) {
    absl::SleepFor(std::min(kLookEvery, grace));
    idle = service_.calls() == 0 ? idle + 1 : 0;
  }
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
