// The page that Prometheus reads: what was counted, and what is read when it asks.
#ifndef OAUTH1D_SERVER_NUMBERS_H_
#define OAUTH1D_SERVER_NUMBERS_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/callers/quotas.h"
#include "server/config/snapshot.h"
#include "server/ops/audit.h"
#include "server/ops/prometheus_metrics.h"
#include "server/rpc/connections.h"

namespace oauth1d {

// Thread-safe. The names are those of deploy/METRICS.md.
class Numbers {
 public:
  // The referents outlive it.
  Numbers(const callers::Quotas& quotas, const rpc::Connections& connections, const ops::AuditLog& audit);

  // Where the stories count.
  ops::Metrics& metrics() { return metrics_; }

  // The configuration that the service works with from `now` on; `reloaded`: it is not the first one.
  void TakeOver(const config::Snapshot& configuration, absl::Time now, bool reloaded);
  // One came, and the service keeps the one that it has.
  void ReloadRefused();
  void SetServing(bool serving) { serving_ = serving; }
  void SetStoreUp(bool up) { store_up_ = up; }

  // In Prometheus's text format.
  std::string Page() const;

 private:
  // What a configuration holds that ends or ages.
  struct Dates {
    absl::Time loaded;
    std::map<std::string, absl::Time> certificate_ends;
    std::optional<absl::Time> key_created;
  };

  void AddState(ops::Families& families) const;
  void AddUse(ops::Families& families) const;
  void AddConfiguration(ops::Families& families) const;

  const callers::Quotas& quotas_;
  const rpc::Connections& connections_;
  const ops::AuditLog& audit_;
  ops::PrometheusMetrics metrics_;
  std::atomic<bool> serving_ = false;
  std::atomic<bool> store_up_ = false;
  std::atomic<bool> reload_succeeded_ = true;
  std::atomic<uint64_t> reloads_taken_ = 0;
  std::atomic<uint64_t> reloads_refused_ = 0;
  mutable absl::Mutex mutex_;
  Dates dates_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_NUMBERS_H_
