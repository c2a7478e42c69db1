#include "server/config/store_builder.h"

#include <algorithm>
#include <optional>
#include <set>
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

constexpr int kMostSentinels = 16;

bool IsHost(absl::string_view name) {
  return name.size() <= 253 && std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("-._:", c);
         });
}

// `named`: the server has a name without one being configured.
RedisTls BuildTls(const v1::RedisTls& from, bool named, const Place& place, absl::Time now, Sources& sources) {
  RedisTls to;
  to.server_name = from.server_name();
  if (to.server_name.empty() && named) {
    // The host that is connected to.
  } else if (to.server_name.empty()) {
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

Secret BuildPassword(bool present, const v1::SecretSource& from, const std::string& username, const Place& place,
                     Sources& sources) {
  if (present) return ReadSecret(from, place.PathOf("password"), sources, place.findings());
  if (!username.empty()) place.Fault("username", "needs a password beside it: {file: path} or {env: NAME}");
  return Secret();
}

RedisSentinel BuildSentinel(const v1::RedisSentinel& from, const Place& place, absl::Time now, Sources& sources) {
  RedisSentinel to;
  std::set<std::string> seen;
  for (int i = 0; i < from.addresses_size(); ++i) {
    const std::string& text = from.addresses(i);
    const std::string path = place.PathOf("addresses", i);
    const absl::StatusOr<HostAndPort> address = ParseHostAndPort(text);
    if (!address.ok()) {
      place.findings().Fault(path, absl::StrCat(address.status().message(), ", not ", Quoted(text)));
    } else if (!seen.insert(absl::StrCat(address->host, " ", address->port)).second) {
      place.findings().Fault(path, "is named a second time");
    }
    to.addresses.push_back(text);
  }
  if (from.addresses().empty()) place.Fault("addresses", "is required: host:port of each Sentinel");
  if (from.addresses_size() > kMostSentinels) {
    place.Fault("addresses", absl::StrCat("must be ", kMostSentinels, " at most"));
  }
  to.primary = from.primary();
  if (to.primary.empty()) place.Fault("primary", "is required: NAME in the Sentinels' `sentinel monitor NAME` line");
  to.username = from.username();
  to.password = BuildPassword(from.has_password(), from.password(), to.username, place, sources);
  if (from.has_tls()) to.tls = BuildTls(from.tls(), true, place.At("tls"), now, sources);
  return to;
}

}  // namespace

RedisOptions BuildRedis(const v1::RedisStore& from, const Place& place, absl::Time now, Sources& sources) {
  RedisOptions to;
  to.address = from.address();
  to.username = from.username();
  if (from.has_sentinel()) {
    to.sentinel = BuildSentinel(from.sentinel(), place.At("sentinel"), now, sources);
    if (!to.address.empty()) place.Fault("address", "cannot stand beside sentinel, which finds it: remove one of them");
  } else if (to.address.empty()) {
    place.Fault("address", "is required: host:port or unix:/path; or sentinel");
  } else if (absl::Status status = CheckServerAddress(to.address); !status.ok()) {
    place.Fault("address", absl::StrCat(status.message(), ", not ", Quoted(to.address)));
  }
  to.password = BuildPassword(from.has_password(), from.password(), to.username, place, sources);
  if (from.has_tls()) to.tls = BuildTls(from.tls(), from.has_sentinel(), place.At("tls"), now, sources);
  return to;
}

}  // namespace oauth1d::config
