#include "server/certificate_ends.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "server/callers/certificate.h"

namespace oauth1d {
namespace {

constexpr absl::Duration kSoon = absl::Hours(14 * 24);

}  // namespace

std::map<std::string, absl::Time> CertificateEnds(const config::Snapshot& configuration) {
  std::map<std::string, absl::Time> ends;
  const auto add = [&](const char* what, const std::string& pem) {
    const std::optional<absl::Time> end = callers::EarliestEnd(pem);
    if (!end.has_value()) return;
    const auto [known, is_new] = ends.emplace(what, *end);
    if (!is_new) known->second = std::min(known->second, *end);
  };
  const auto add_store = [&](const std::optional<config::RedisTls>& tls) {
    if (!tls.has_value()) return;
    add("store", tls->ca_pem);
    add("store", tls->certificate_pem);
  };
  if (configuration.listen.tls.has_value()) {
    add("listen", configuration.listen.tls->certificate_pem);
    add("client_ca", configuration.listen.tls->caller_ca_pem);
  }
  if (configuration.store.redis.has_value()) {
    add_store(configuration.store.redis->tls);
    if (configuration.store.redis->sentinel.has_value()) add_store(configuration.store.redis->sentinel->tls);
  }
  return ends;
}

std::string ListenCertificateEndsSoon(const config::Snapshot& configuration, absl::Time now) {
  const std::map<std::string, absl::Time> ends = CertificateEnds(configuration);
  const auto listen = ends.find("listen");
  if (listen == ends.end() || listen->second - now > kSoon) return "";
  const std::string moment = absl::FormatTime("%Y-%m-%d %H:%M UTC", listen->second, absl::UTCTimeZone());
  if (listen->second <= now) return absl::StrCat("listen.tls.cert_file ended on ", moment, ": callers refuse it");
  return absl::StrCat("listen.tls.cert_file ends on ", moment, ", in ", absl::ToInt64Hours(listen->second - now) / 24,
                      " days: put a new one in its place; it is taken over without a restart");
}

}  // namespace oauth1d
