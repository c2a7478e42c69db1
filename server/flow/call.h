// What every story needs: who calls, until when, and what the log shall say about it.
#ifndef OAUTH1D_SERVER_FLOW_CALL_H_
#define OAUTH1D_SERVER_FLOW_CALL_H_

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/base/deadline.h"
#include "server/base/environment.h"
#include "server/callers/quotas.h"
#include "server/egress/http_client.h"
#include "server/flow/audit_trail.h"
#include "server/flow/breakers.h"
#include "server/flow/clock_offsets.h"
#include "server/flow/rsa_thread.h"
#include "server/ops/metrics.h"
#include "server/ops/span.h"
#include "server/providers/house_rules.h"
#include "server/providers/owner.h"
#include "server/providers/rpc.h"
#include "server/sealing/keyring.h"
#include "storage/key_value_store.h"

namespace oauth1d::flow {

// What one event loop works with. The referents outlive every Task.
struct Backends {
  boost::asio::io_context& loop;
  Environment& environment;
  egress::HttpClient& http;
  storage::KeyValueStore& store;
  // Shared by all loops.
  ClockOffsets& clock_offsets;
  Breakers& breakers;
  RsaThread& rsa_thread;
  callers::Quotas& quotas;
  AuditTrail& audit;
  ops::Metrics& metrics;
};

// Which trace an RPC belongs to. All empty: ids could not be drawn, and nothing is told.
struct Trace {
  std::string trace_id;
  std::string span_id;         // of the RPC
  std::string parent_span_id;  // of the caller; empty: it named none
  bool sampled = false;        // the caller wants to see the spans
  // Where they go.
  void (*tell)(const ops::Span& span) = nullptr;
};

// Facts for the log lines of an RPC. Never a secret; a state only as a keyed hash.
struct CallFacts {
  std::string provider;
  std::string http_method;  // of a signed request
  std::string state_id;
  std::string token_id;       // of the access token that is used, in hexadecimal
  std::string made_token_id;  // of the one that was made
  Trace trace;
  bool audited = false;          // the decision was told: nothing secret leaves before
  callers::Share with_provider;  // of the quota; taken when the decision was to go on
  callers::Share with_answer;
  std::vector<callers::Share> with_body;  // of a stream that is held whole
  int attempts = 0;                       // requests to the provider
  absl::Duration upstream_time;
  int http_status = 0;                // of the last answer; 0: none
  bool was_over = false;              // a login that had ended before this call
  bool callback_unconfirmed = false;  // and the configuration says to warn of it
};

struct Call {
  providers::Rpc rpc;
  std::string identity;                                // who proved to be the owner, for log lines
  std::shared_ptr<const providers::Owner> owner;       // never null
  std::shared_ptr<const sealing::Keyring> keyring;     // never null: the snapshot that the call began with
  std::shared_ptr<const providers::HouseRules> rules;  // never null: of the same snapshot
  Deadline deadline;
  std::shared_ptr<CallFacts> facts;  // never null
};

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_CALL_H_
