// The event loops of the process, each with a thread, an HTTP pool, a store and the stories that run on it.
#ifndef OAUTH1D_SERVER_LANES_H_
#define OAUTH1D_SERVER_LANES_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/base/environment.h"
#include "server/callers/quotas.h"
#include "server/config/snapshot.h"
#include "server/flow/audit_trail.h"
#include "server/flow/breakers.h"
#include "server/flow/clock_offsets.h"
#include "server/flow/rsa_thread.h"
#include "server/ops/metrics.h"
#include "server/rpc/lane.h"
#include "storage/store_state.h"

namespace oauth1d {

class Lanes {
 public:
  // Told, on the lane's own thread, how its store is doing.
  using Listener = std::function<void(size_t lane, storage::StoreState state, std::string why)>;

  // The referents outlive it.
  Lanes(size_t count, const config::Store& store, Environment& environment, callers::Quotas& quotas,
        flow::AuditTrail& audit, ops::Metrics& metrics, Listener listener);
  // Stops.
  ~Lanes();

  // Valid until the Lanes go.
  std::vector<rpc::Lane*> all() const;
  // Starts the threads, and the stores' connections. Once.
  void Start();
  // No lane connects to this port of this host: nothing that a provider's record says leads back to the service. After
  // Start.
  void DenyOwnPort(uint16_t port);
  // For the next connections to the store; its address stays. After Start.
  void SetStore(const config::Store& store);
  // Waits until every exchange has ended, at most for `time`. Not from a lane.
  void WaitForExchanges(absl::Duration time);
  // Closes all connections and joins the threads.
  void Stop();

 private:
  struct Thread;

  // What the lanes share; it outlives them.
  flow::ClockOffsets clock_offsets_;
  flow::Breakers breakers_;
  flow::RsaThread rsa_thread_;
  std::vector<std::unique_ptr<Thread>> threads_;
};

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_LANES_H_
