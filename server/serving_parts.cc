#include "server/serving_parts.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"

namespace oauth1d {

rpc::TlsTexts TextsOf(const config::ListenTls& tls) {
  rpc::TlsTexts texts;
  texts.certificate_pem = tls.certificate_pem;
  texts.private_key_pem = tls.private_key_pem;
  texts.caller_ca_pem = tls.caller_ca_pem;
  texts.certificate_required = !tls.caller_ca_pem.empty() && !tls.api_keys_alone;
  return texts;
}

std::unique_ptr<rpc::ReloadableCredentials> CredentialsOf(const config::Listen& listen) {
  if (!listen.tls.has_value()) return nullptr;
  return std::make_unique<rpc::ReloadableCredentials>(TextsOf(*listen.tls));
}

rpc::ConnectionLimits LimitsOf(const config::ConnectionLimits& from) {
  rpc::ConnectionLimits limits;
  limits.connections = from.connections;
  limits.per_identity = from.connections_per_identity;
  limits.streams_per_connection = from.streams_per_connection;
  limits.metadata_bytes = from.metadata_bytes;
  return limits;
}

std::shared_ptr<const rpc::Ground> GroundOf(const config::Snapshot& configuration) {
  auto ground = std::make_shared<rpc::Ground>();
  ground->directory = configuration.directory;
  ground->keyring = configuration.keyring;
  ground->rules = configuration.rules;
  return ground;
}

int PortOf(const std::string& address) {
  int port = -1;
  const bool has_port = !absl::StartsWith(address, "unix:") &&
                        absl::SimpleAtoi(absl::string_view(address).substr(address.rfind(':') + 1), &port);
  return has_port ? port : -1;
}

std::string WhereIs(const config::RedisOptions& redis) {
  if (!redis.sentinel.has_value()) return redis.address;
  return absl::StrCat("\"", redis.sentinel->primary, "\" of the Sentinels ",
                      absl::StrJoin(redis.sentinel->addresses, ", "));
}

}  // namespace oauth1d
