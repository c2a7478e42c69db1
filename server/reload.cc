#include "server/reload.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "server/serving_parts.h"

namespace oauth1d {
namespace {

std::string StoreOf(const config::Store& store) {
  if (!store.redis.has_value()) return "memory";
  const std::string tls = store.redis->tls.has_value() ? " tls" : "";
  const bool sentinel_tls = store.redis->sentinel.has_value() && store.redis->sentinel->tls.has_value();
  return absl::StrCat("redis ", WhereIs(*store.redis), tls, sentinel_tls ? " sentinel tls" : "");
}

// What kind of certificates callers are asked for: gRPC fixes it with the port.
int KindOf(const std::optional<config::ListenTls>& tls) {
  if (!tls.has_value()) return 0;
  if (tls->caller_ca_pem.empty()) return 1;
  return tls->api_keys_alone ? 2 : 3;
}

}  // namespace

std::vector<config::Mistake> FixedDifferences(const config::Snapshot& now, const config::Snapshot& next) {
  std::vector<config::Mistake> differences;
  const auto add = [&](bool differs, const char* path) {
    if (differs) differences.push_back({path, "cannot change while the service runs: restart it"});
  };
  add(now.listen.address != next.listen.address, "listen.address");
  add(now.listen.reflection != next.listen.reflection, "listen.reflection");
  add(KindOf(now.listen.tls) != KindOf(next.listen.tls), "listen.tls");
  add(StoreOf(now.store) != StoreOf(next.store), "store");
  add(now.audit.file != next.audit.file || now.audit.refuse_when_full != next.audit.refuse_when_full, "audit");
  add(now.metrics.address != next.metrics.address, "metrics.address");
  add(now.connections.streams_per_connection != next.connections.streams_per_connection,
      "limits.streams_per_connection");
  add(now.connections.metadata_bytes != next.connections.metadata_bytes, "limits.metadata_kilobytes");
  return differences;
}

}  // namespace oauth1d
