#include "server/rpc/server_credentials.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>

#include <cstdint>
#include <deque>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace oauth1d::rpc {
namespace {

grpc_ssl_client_certificate_request_type RequestTypeOf(const TlsTexts& texts) {
  if (texts.caller_ca_pem.empty()) return GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE;
  return texts.certificate_required ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                    : GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY;
}

}  // namespace

class ReloadableCredentials::Texts {
 public:
  explicit Texts(TlsTexts texts) : request_type_(RequestTypeOf(texts)), texts_(std::move(texts)) {}

  grpc_ssl_client_certificate_request_type request_type() const { return request_type_; }

  absl::Status Replace(TlsTexts texts) {
    if (RequestTypeOf(texts) != request_type_) {
      return absl::FailedPreconditionError(
          "whether callers show certificates (listen.tls: client_ca_file, trust_domains, api_keys_alone) changes with "
          "a "
          "restart only");
    }
    const absl::MutexLock lock(&mutex_);
    texts_ = std::move(texts);
    ++generation_;
    return absl::OkStatus();
  }

  // Null: nothing is newer than `seen`, which else becomes the present one.
  grpc_ssl_server_certificate_config* NewerThan(uint64_t& seen) const {
    const absl::MutexLock lock(&mutex_);
    if (seen == generation_) return nullptr;
    seen = generation_;
    std::string private_key(texts_.private_key_pem.Reveal());  // for its closing NUL
    const grpc_ssl_pem_key_cert_pair pair{private_key.c_str(), texts_.certificate_pem.c_str()};
    // gRPC 1.51 aborts without any; where no certificate is asked for, they vouch for nobody.
    const std::string& vouchers = texts_.caller_ca_pem.empty() ? texts_.certificate_pem : texts_.caller_ca_pem;
    grpc_ssl_server_certificate_config* const config =
        grpc_ssl_server_certificate_config_create(vouchers.c_str(), &pair, 1);
    WipeText(private_key);
    return config;
  }

 private:
  const grpc_ssl_client_certificate_request_type request_type_;
  mutable absl::Mutex mutex_;
  TlsTexts texts_ ABSL_GUARDED_BY(mutex_);
  uint64_t generation_ ABSL_GUARDED_BY(mutex_) = 1;
};

class ReloadableCredentials::Ports : public grpc::ServerCredentials {
 public:
  explicit Ports(std::shared_ptr<Texts> texts) : texts_(std::move(texts)) {}

  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  // What one port has seen: gRPC keeps a TLS context for each, and asks for each whether there is something new.
  struct Port {
    std::shared_ptr<Texts> texts;
    uint64_t seen = 0;  // gRPC asks under a lock of the port's
  };

  int AddPortToServer(const std::string& address, grpc_server* server) override {
    Port& port = ports_.emplace_back(Port{texts_});
    grpc_server_credentials* const credentials = grpc_ssl_server_credentials_create_with_options(
        grpc_ssl_server_credentials_create_options_using_config_fetcher(texts_->request_type(), &Ports::Fetch, &port));
    const int bound = grpc_server_add_http2_port(server, address.c_str(), credentials);
    grpc_server_credentials_release(credentials);
    return bound;
  }

  static grpc_ssl_certificate_config_reload_status Fetch(void* user_data, grpc_ssl_server_certificate_config** config) {
    Port& port = *static_cast<Port*>(user_data);
    *config = port.texts->NewerThan(port.seen);
    return *config == nullptr ? GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED : GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  const std::shared_ptr<Texts> texts_;
  std::deque<Port> ports_;  // their addresses are gRPC's
};

ReloadableCredentials::ReloadableCredentials(TlsTexts texts)
    : texts_(std::make_shared<Texts>(std::move(texts))), credentials_(std::make_shared<Ports>(texts_)) {}

ReloadableCredentials::~ReloadableCredentials() = default;

absl::Status ReloadableCredentials::Replace(TlsTexts texts) { return texts_->Replace(std::move(texts)); }

}  // namespace oauth1d::rpc
