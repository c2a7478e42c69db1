#include "client/cli/connection.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace oauth1d::cli {
namespace {

// Answers of the service hold bodies of up to 3.5 MiB and headers beside them.
constexpr int kMaxAnswer = 8 * 1024 * 1024;

std::string Variable(const char* name, std::string otherwise) {
  const char* const value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

std::string ReadFile(const std::string& path) {
  if (path.empty()) return "";
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw std::runtime_error("cannot read " + path);
  return text.str();
}

}  // namespace

Connection Connection::FromEnvironment() {
  Connection connection;
  connection.server = Variable("OAUTH1D_SERVER", connection.server);
  connection.ca_file = Variable("OAUTH1D_CA_FILE", "");
  connection.cert_file = Variable("OAUTH1D_CERT_FILE", "");
  connection.key_file = Variable("OAUTH1D_KEY_FILE", "");
  connection.api_key = Variable("OAUTH1D_API_KEY", "");
  return connection;
}

std::shared_ptr<grpc::Channel> Connection::Open() const {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxAnswer);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  if (ca_file.empty() && cert_file.empty() && key_file.empty()) {
    return grpc::CreateCustomChannel(server, grpc::InsecureChannelCredentials(), arguments);
  }
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = ReadFile(ca_file);
  tls.pem_cert_chain = ReadFile(cert_file);
  tls.pem_private_key = ReadFile(key_file);
  return grpc::CreateCustomChannel(server, grpc::SslCredentials(tls), arguments);
}

void Connection::Prepare(grpc::ClientContext& context) const {
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(timeout_seconds));
  if (!api_key.empty()) context.AddMetadata("authorization", "Bearer " + api_key);
}

}  // namespace oauth1d::cli
