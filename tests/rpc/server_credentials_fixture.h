// A server whose TLS texts change, a client of its own for each connection, and a listener beside gRPC's.
#ifndef OAUTH1D_TESTS_RPC_SERVER_CREDENTIALS_FIXTURE_H_
#define OAUTH1D_TESTS_RPC_SERVER_CREDENTIALS_FIXTURE_H_

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/rpc/peer.h"
#include "server/rpc/server_credentials.h"
#include "tests/callers/certificates.h"

namespace oauth1d::rpc {

using callers::Holder;

// Sends back what it got, and tells what the call showed of its caller.
class Echo : public grpc::CallbackGenericService {
 public:
  callers::Peer last_peer;

 private:
  class Reactor : public grpc::ServerGenericBidiReactor {
   public:
    Reactor() { StartRead(&message_); }
    void OnReadDone(bool ok) override {
      if (!ok) return Finish(grpc::Status(grpc::StatusCode::CANCELLED, ""));
      StartWriteAndFinish(&message_, grpc::WriteOptions(), grpc::Status::OK);
    }
    void OnDone() override { delete this; }

   private:
    grpc::ByteBuffer message_;
  };

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    last_peer = PeerOf(*context);
    return new Reactor();
  }
};

struct Answer {
  grpc::Status status;
  std::string server_certificate;  // PEM

  bool ok() const { return status.ok(); }
};

class ServerCredentialsTest : public ::testing::Test {
 protected:
  Holder ServerCertificate() const { return server_ca_.Issue({.names = "DNS:localhost"}); }
  Holder CallerCertificate(const Holder& ca) const { return ca.Issue({.names = "URI:spiffe://a.example/web"}); }

  TlsTexts TextsOf(const Holder& server, const std::string& caller_ca, bool required = false) const {
    return {.certificate_pem = server.chain_pem(),
            .private_key_pem = Secret(server.key_pem()),
            .caller_ca_pem = caller_ca,
            .certificate_required = required};
  }

  bool Serve(TlsTexts texts) {
    credentials_.emplace(std::move(texts));
    grpc::ServerBuilder builder;
    builder.RegisterCallbackGenericService(&echo_);
    builder.AddListeningPort("127.0.0.1:0", credentials_->credentials(), &port_);
    builder.AddListeningPort("127.0.0.1:0", credentials_->credentials(), &second_port_);
    acceptor_ = builder.experimental().AddExternalConnectionAcceptor(
        grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, credentials_->credentials());
    server_ = builder.BuildAndStart();
    return server_ != nullptr && port_ != 0 && second_port_ != 0;
  }

  std::shared_ptr<grpc::Channel> Open(int port, const Holder* caller = nullptr) const {
    grpc::SslCredentialsOptions options{.pem_root_certs = server_ca_.pem()};
    if (caller != nullptr) {
      options.pem_private_key = caller->key_pem();
      options.pem_cert_chain = caller->chain_pem();
    }
    grpc::ChannelArguments arguments;
    arguments.SetSslTargetNameOverride("localhost");
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port), grpc::SslCredentials(options), arguments);
  }

  static Answer Call(const std::shared_ptr<grpc::Channel>& channel,
                     const std::multimap<std::string, std::string>& metadata = {}) {
    grpc::GenericStub stub(channel);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    for (const auto& [name, value] : metadata) context.AddMetadata(name, value);
    const grpc::Slice text("hello");
    const grpc::ByteBuffer request(&text, 1);
    grpc::ByteBuffer response;
    std::promise<grpc::Status> ended;
    stub.UnaryCall(&context, "/test.Echo/Say", grpc::StubOptions(), &request, &response,
                   [&](grpc::Status status) { ended.set_value(std::move(status)); });
    Answer answer{ended.get_future().get()};
    const auto certificates = context.auth_context()->FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
    if (!certificates.empty()) answer.server_certificate.assign(certificates[0].data(), certificates[0].size());
    return answer;
  }

  void TearDown() override {
    if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
  }

  const Holder server_ca_ = Holder::Root();
  const Holder caller_ca_ = Holder::Root();
  Echo echo_;
  std::optional<ReloadableCredentials> credentials_;
  int port_ = 0;
  int second_port_ = 0;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  std::unique_ptr<grpc::Server> server_;
};

// Accepts connections and hands them over, as the service's own listener does.
class HandOver {
 public:
  explicit HandOver(grpc::experimental::ExternalConnectionAcceptor& acceptor)
      : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);
    bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    listen(listener_, 16);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, &acceptor] {
      while (true) {
        const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (connection < 0) return;
        grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters parameters;
        parameters.listener_fd = listener_;
        parameters.fd = connection;
        acceptor.HandleNewConnection(&parameters);
      }
    });
  }
  HandOver(const HandOver&) = delete;
  HandOver& operator=(const HandOver&) = delete;
  ~HandOver() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }

  int port() const { return port_; }

 private:
  const int listener_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_TESTS_RPC_SERVER_CREDENTIALS_FIXTURE_H_
