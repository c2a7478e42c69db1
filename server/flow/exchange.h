// Exchanges of verifiers for access tokens (RFC 5849 section 2.3), and of old tokens for new ones, each exactly once:
// claimed by compare-and-swap, run to their end whatever the caller does, and stored before they are told.
#ifndef OAUTH1D_SERVER_FLOW_EXCHANGE_H_
#define OAUTH1D_SERVER_FLOW_EXCHANGE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "oauth1d/records/v1/records.pb.h"
#include "server/base/event.h"
#include "server/base/task.h"
#include "server/flow/call.h"
#include "server/flow/flow_records.h"
#include "server/flow/token_calls.h"
#include "server/providers/client.h"

namespace oauth1d::flow {

// Everything that one exchange needs. Checked before: binding, oauth_token, verifier, owner and provider. For a renewal
// there is no verifier, and the old token stands where the temporary credentials stand.
struct ExchangeOrder {
  FlowLocator locator;
  StoredFlow stored;
  records::v1::FlowSecrets secrets;
  std::string binding;
  std::string verifier;
  providers::Client client;
  Call call;
  records::v1::AccessToken old_token = {};  // of a renewal
};

// The exchanges that run on one event loop. All calls for one flow come to the same loop of a process, so the
// waiters of a process find the running attempt here; other replicas find the lease in the store.
class Exchanges {
 public:
  explicit Exchanges(Backends backends)
      : backends_(backends), records_(backends.environment, backends.store), token_calls_(backends) {}

  // Starts the exchange, or joins the one that runs for this flow, and waits for its end. Leaving early (deadline,
  // cancellation) does not stop it.
  // Errors: kAborted: the flow moved on meanwhile, look again. Those of the exchange: see exchange_outcome.h.
  Task<records::v1::Result> Join(ExchangeOrder order);

  bool IsRunning(const FlowLocator& locator) const { return running_.contains(locator.store_key); }
  // For a shutdown: exchanges that have not ended.
  size_t running() const { return running_.size(); }

 private:
  using Answer = absl::StatusOr<records::v1::Result>;

  struct Attempt {
    std::string verifier_hash;
    std::vector<std::shared_ptr<Event<Answer>>> waiters;
    std::optional<Answer> answer;  // told already; the rest is bookkeeping

    void Tell(const Answer& told);
  };

  Task<> Run(std::shared_ptr<Attempt> attempt, ExchangeOrder order);
  // The claimed flow; kAborted if someone else has it.
  Task<StoredFlow> Claim(std::shared_ptr<Attempt> attempt, FlowLocator locator, StoredFlow stored, Call call);
  // Learns whether a swap with an unknown outcome happened. True: the attempt is in the store.
  Task<bool> IsInStore(FlowLocator locator, std::string attempt_id, Call call);
  // Writes the end of the attempt; tries again while the store is away. Tells the answer after the first try.
  Task<> Settle(std::shared_ptr<Attempt> attempt, FlowLocator locator, StoredFlow claimed, StoredFlow next,
                Answer answer, Call call);
  // The credentials, after at most two tries. `maybe_exchanged` becomes true when a try may have been heard.
  Task<oauth1::TokenResponse> Fetch(ExchangeOrder order, std::shared_ptr<bool> maybe_exchanged);
  Backends backends_;
  FlowRecords records_;
  TokenCalls token_calls_;
  std::map<std::string, std::shared_ptr<Attempt>> running_;  // by store key
};

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_EXCHANGE_H_
