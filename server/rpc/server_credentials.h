// TLS of the port, whose certificate can be changed while the server runs.
#ifndef OAUTH1D_SERVER_RPC_SERVER_CREDENTIALS_H_
#define OAUTH1D_SERVER_RPC_SERVER_CREDENTIALS_H_

#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "server/base/secret.h"

namespace oauth1d::rpc {

struct TlsTexts {
  std::string certificate_pem;  // the chain
  Secret private_key_pem;       // of its first certificate
  std::string caller_ca_pem;    // who may vouch for callers; empty: they are not asked for certificates
  bool certificate_required = false;
};

// TLS 1.2 or later. Thread-safe. gRPC copies the private key, and does not wipe its copies.
class ReloadableCredentials {
 public:
  explicit ReloadableCredentials(TlsTexts texts);
  ReloadableCredentials(const ReloadableCredentials&) = delete;
  ReloadableCredentials& operator=(const ReloadableCredentials&) = delete;
  ~ReloadableCredentials();

  // For handshakes from now on; connections that are open stay as they are. The texts should have been checked: those
  // that OpenSSL cannot use are refused by gRPC at the next handshake, with a line in its log alone, and the ones
  // before stay. Errors: kFailedPrecondition: whether callers are asked for certificates is settled when the server
  // starts.
  absl::Status Replace(TlsTexts texts);

  // For any number of listening ports, and for connections that are accepted elsewhere. Outlives the servers that it
  // was given to.
  const std::shared_ptr<grpc::ServerCredentials>& credentials() const { return credentials_; }

 private:
  class Texts;
  class Ports;

  const std::shared_ptr<Texts> texts_;
  const std::shared_ptr<grpc::ServerCredentials> credentials_;
};

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_SERVER_CREDENTIALS_H_
