// Where decisions are told before they take effect.
#ifndef OAUTH1D_SERVER_FLOW_AUDIT_TRAIL_H_
#define OAUTH1D_SERVER_FLOW_AUDIT_TRAIL_H_

#include <string>

#include "absl/strings/string_view.h"
#include "server/base/task.h"

namespace oauth1d::flow {

// One decision about one call. Only names of the configuration, names of methods, and keyed hashes.
struct Decision {
  absl::string_view rpc;
  bool allowed = false;
  std::string reason;    // of a denial; empty: allowed
  std::string peer;      // of a denial: where the call came from, as gRPC tells it
  std::string identity;  // as Directory::Identify tells it; empty: unknown
  std::string owner;
  std::string provider;
  std::string http_method;  // of a signed request
  std::string state_id;     // a keyed hash
  std::string token_id;     // of an access token that is used, in hexadecimal
  std::string trace_id;
};

class AuditTrail {
 public:
  virtual ~AuditTrail() = default;
  // OK once the line is on its way, or, where the configuration says `refuse`, once it is written.
  // Errors: kUnavailable with reason AUDIT_UNAVAILABLE, only where the configuration says `refuse`.
  virtual Task<> Tell(Decision decision) = 0;
  // Of a call that gets nothing: does not wait for anything.
  virtual void Note(const Decision& decision) = 0;
};

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_AUDIT_TRAIL_H_
