#include "oauth1d/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace oauth1d {
namespace {

// Answers of the service hold bodies of up to 3.5 MiB and headers beside them.
constexpr int kMaxMessageBytes = 8 * 1024 * 1024;
// The service takes a ping every 10 s at most.
constexpr int kKeepaliveMs = 30'000;
constexpr int kKeepaliveTimeoutMs = 10'000;
constexpr int kFirstReconnectMs = 100;
constexpr int kMaxReconnectMs = 1'000;
constexpr int kConnectMs = 5'000;  // for one attempt; gRPC calls it the least backoff

// Repeated by gRPC: what the contract calls safe to repeat. SignedRequest is not here, on purpose: a repeat could be a
// duplicate at the provider, so Client decides about it by the error's details.
constexpr char kServiceConfig[] = R"({
  "loadBalancingConfig": [{"round_robin": {}}],
  "methodConfig": [{
    "name": [
      {"service": "oauth1d.v1.OAuth1Service", "method": "StartAuthorization"},
      {"service": "oauth1d.v1.OAuth1Service", "method": "CompleteAuthorization"},
      {"service": "oauth1d.v1.OAuth1Service", "method": "ListProviders"},
      {"service": "oauth1d.v1.OAuth1Service", "method": "RewrapAccessToken"}
    ],
    "retryPolicy": {
      "maxAttempts": 3, "initialBackoff": "0.1s", "maxBackoff": "1s", "backoffMultiplier": 2,
      "retryableStatusCodes": ["UNAVAILABLE"]
    }
  }]
})";

grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(kServiceConfig);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);  // ours only, none from DNS
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);  // tokens go to the service itself, whatever http_proxy says
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);  // as long as a call waits
  // Not shared with other channels of the process: a wait after a refused connection would be, too.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kMaxReconnectMs);
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetMaxSendMessageSize(kMaxMessageBytes);
  arguments.SetUserAgentPrefix("oauth1d-cpp/" OAUTH1D_VERSION);
  return arguments;
}

absl::StatusOr<std::string> ReadPem(const std::string& path) {
  if (path.empty()) return "";
  std::ifstream file(path, std::ios::binary);
  std::string text;
  char piece[4096];
  while (file.read(piece, sizeof(piece)) || file.gcount() > 0) text.append(piece, static_cast<size_t>(file.gcount()));
  // An empty file, and a folder, would mean to gRPC: trust the system's roots.
  if (!file.is_open() || file.bad() || absl::StripAsciiWhitespace(text).empty()) {
    return absl::InvalidArgumentError(absl::StrCat("cannot read ", path, ", or it is empty"));
  }
  return text;
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(const ClientOptions& options) {
  if (options.cert_file.empty() != options.key_file.empty()) {
    return absl::InvalidArgumentError(
        "cert_file and key_file (OAUTH1D_CERT_FILE and OAUTH1D_KEY_FILE) belong together");
  }
  if (!std::all_of(options.api_key.begin(), options.api_key.end(), absl::ascii_isgraph)) {
    return absl::InvalidArgumentError("api_key (OAUTH1D_API_KEY) must be printable ASCII without blanks");
  }
  const grpc::ChannelArguments arguments = Arguments();
  if (options.ca_file.empty() && options.cert_file.empty()) {
    return grpc::CreateCustomChannel(options.server, grpc::InsecureChannelCredentials(), arguments);
  }
  grpc::SslCredentialsOptions tls;
  for (const auto& [path, text] :
       {std::pair{&options.ca_file, &tls.pem_root_certs}, std::pair{&options.cert_file, &tls.pem_cert_chain},
        std::pair{&options.key_file, &tls.pem_private_key}}) {
    absl::StatusOr<std::string> read = ReadPem(*path);
    if (!read.ok()) return read.status();
    *text = *std::move(read);
  }
  return grpc::CreateCustomChannel(options.server, grpc::SslCredentials(tls), arguments);
}

}  // namespace oauth1d
