#include "server/config/store_builder.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/config/addresses.h"
#include "server/config/secret_source.h"
#include "server/config/tls_files.h"

namespace oauth1d::config {
namespace {

bool IsHost(absl::string_view name) {
  return name.size() <= 253 && std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("-._:", c);
         });
}

RedisTls BuildTls(const v1::RedisTls& from, const Place& place, absl::Time now, Sources& sources) {
  RedisTls to;
  to.server_name = from.server_name();
  if (to.server_name.empty()) {
    place.Fault("server_name", "is required with a Unix socket: the name in the server's certificate");
  } else if (!IsHost(to.server_name)) {
    place.Fault("server_name", absl::StrCat("must be a name or an address, not ", Quoted(to.server_name)));
  }
  if (!from.ca_file().empty()) {
    to.ca_pem = LoadCaFile(from.ca_file(), place.PathOf("ca_file"), sources, place.findings());
  }
  if (from.cert_file().empty() && from.key_file().empty()) return to;
  std::optional<KeyPair> pair = LoadKeyPair(from.cert_file(), from.key_file(), place, now, sources);
  if (pair.has_value()) {
    to.certificate_pem = std::move(pair->certificate_pem);
    to.private_key_pem = std::move(pair->private_key_pem);
  }
  return to;
}

}  // namespace

RedisOptions BuildRedis(const v1::RedisStore& from, const Place& place, absl::Time now, Sources& sources) {
  RedisOptions to;
  to.address = from.address();
  to.username = from.username();
  if (to.address.empty()) {
    place.Fault("address", "is required: host:port or unix:/path");
  } else if (absl::Status status = CheckServerAddress(to.address); !status.ok()) {
    place.Fault("address", absl::StrCat(status.message(), ", not ", Quoted(to.address)));
  }
  if (from.has_password()) {
    to.password = ReadSecret(from.password(), place.PathOf("password"), sources, place.findings());
  } else if (!to.username.empty()) {
    place.Fault("username", "needs a password beside it: {file: path} or {env: NAME}");
  }
  if (from.has_tls()) to.tls = BuildTls(from.tls(), place.At("tls"), now, sources);
  return to;
}

}  // namespace oauth1d::config
