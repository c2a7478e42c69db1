#include "server/numbers.h"

#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "server/certificate_ends.h"
#include "server/ops/families.h"
#include "server/ops/log.h"
#include "server/ops/process_numbers.h"
#include "server/providers/rpc.h"

namespace oauth1d {
namespace {

using ops::Families;
using ops::Family;
using prometheus::MetricType;

void AddGauge(Families& families, const char* name, const char* help, double value, ops::Labels labels = {}) {
  Family family(name, MetricType::Gauge, help);
  family.Gauge(std::move(labels), value);
  std::move(family).AddTo(families);
}

double SecondsOf(absl::Time time) { return absl::ToDoubleSeconds(time - absl::UnixEpoch()); }

}  // namespace

Numbers::Numbers(const callers::Quotas& quotas, const rpc::Connections& connections, const ops::AuditLog& audit)
    : quotas_(quotas), connections_(connections), audit_(audit), metrics_(providers::kRpcNames) {}

void Numbers::TakeOver(const config::Snapshot& configuration, absl::Time now, bool reloaded) {
  std::vector<std::string> names;
  for (const auto& provider : configuration.providers) names.push_back(provider->name);
  metrics_.SetProviders(names);
  Dates dates;
  dates.loaded = now;
  dates.certificate_ends = CertificateEnds(configuration);
  if (const std::optional<absl::CivilDay> created = configuration.keyring->active().created; created.has_value()) {
    dates.key_created = absl::FromCivil(*created, absl::UTCTimeZone());
  }
  {
    const absl::MutexLock lock(&mutex_);
    dates_ = std::move(dates);
  }
  reload_succeeded_ = true;
  if (reloaded) ++reloads_taken_;
}

void Numbers::ReloadRefused() {
  reload_succeeded_ = false;
  ++reloads_refused_;
}

std::string Numbers::Page() const {
  Families families;
  AddState(families);
  metrics_.AddTo(families);
  AddUse(families);
  AddConfiguration(families);
  ops::AddProcessNumbers(families);
  return ops::TextOf(families);
}

void Numbers::AddState(Families& families) const {
  AddGauge(families, "oauth1d_build_info", "The version that runs; always 1.", 1, {{"version", OAUTH1D_VERSION}});
  AddGauge(families, "oauth1d_serving", "Whether health says SERVING.", serving_ ? 1 : 0);
  AddGauge(families, "oauth1d_store_up", "Whether the store answers on every lane.", store_up_ ? 1 : 0);
}

void Numbers::AddUse(Families& families) const {
  const callers::Quotas::Reading taken = quotas_.Read();
  AddGauge(families, "oauth1d_rpcs_in_flight", "RPCs that run now.", taken.in_flight);
  AddGauge(families, "oauth1d_rpcs_in_flight_limit", "How many may: limits.in_flight.", taken.in_flight_limit);
  AddGauge(families, "oauth1d_held_bytes", "Bytes of bodies that are held now.", static_cast<double>(taken.bytes));
  AddGauge(families, "oauth1d_held_bytes_limit", "How many may be: limits.megabytes_in_flight.",
           static_cast<double>(taken.bytes_limit));
  AddGauge(families, "oauth1d_connections", "Connections of callers.", static_cast<double>(connections_.open()));
  AddGauge(families, "oauth1d_connections_limit",
           "How many there may be: limits.connections, and what RLIMIT_NOFILE leaves.",
           static_cast<double>(connections_.most()));
  Family dropped("oauth1d_log_lines_dropped_total", MetricType::Counter,
                 "Lines that had no room, or could not be written.");
  dropped.Count({{"log", "log"}}, static_cast<double>(ops::LogLinesDropped()));
  dropped.Count({{"log", "audit"}}, static_cast<double>(audit_.dropped()));
  std::move(dropped).AddTo(families);
}

void Numbers::AddConfiguration(Families& families) const {
  const Dates dates = [this] {
    const absl::MutexLock lock(&mutex_);
    return dates_;
  }();
  Family ends("oauth1d_certificate_expiry_timestamp_seconds", MetricType::Gauge,
              "The earliest end of a certificate in the file, since the epoch.");
  for (const auto& [certificate, end] : dates.certificate_ends) {
    ends.Gauge({{"certificate", certificate}}, SecondsOf(end));
  }
  std::move(ends).AddTo(families);
  if (dates.key_created.has_value()) {
    AddGauge(families, "oauth1d_keyring_active_key_created_timestamp_seconds",
             "When the key that seals was made, since the epoch.", SecondsOf(*dates.key_created));
  }
  AddGauge(families, "oauth1d_configuration_last_reload_successful", "Whether the newest configuration was taken over.",
           reload_succeeded_ ? 1 : 0);
  AddGauge(families, "oauth1d_configuration_loaded_timestamp_seconds",
           "When the present configuration was taken over, since the epoch.", SecondsOf(dates.loaded));
  Family reloads("oauth1d_configuration_reloads_total", MetricType::Counter, "Configurations that came while it ran.");
  reloads.Count({{"result", "taken"}}, static_cast<double>(reloads_taken_));
  reloads.Count({{"result", "refused"}}, static_cast<double>(reloads_refused_));
  std::move(reloads).AddTo(families);
}

}  // namespace oauth1d
