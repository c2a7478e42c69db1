// The one place that decides what a call may do, and has it told before it takes effect. What the configuration does
// not grant is denied.
#ifndef OAUTH1D_SERVER_FLOW_GATE_H_
#define OAUTH1D_SERVER_FLOW_GATE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/task.h"
#include "server/egress/http_client.h"
#include "server/flow/call.h"
#include "server/oauth1/parameter.h"

namespace oauth1d::flow {

// The owner's grant for this provider, where it allows this RPC.
// Errors: INVALID_REQUEST: no provider is named; PROVIDER_NOT_FOUND; CALLER_NOT_ALLOWED.
absl::StatusOr<const providers::Grant*> FindGrant(const Call& call, absl::string_view provider);

// A request to the provider's API, as far as policies see it. `path` as it goes on the wire.
struct AskedRequest {
  absl::string_view method;
  absl::string_view path;
  const std::vector<egress::HeaderField>& headers;
  const oauth1::Parameters& parameters;  // of query, form and multipart parts
};

// CALLER_NOT_ALLOWED: a method or path that the grant does not list; where it lists them, also what makes some APIs
// take another method or path than the request's. What a body of JSON may say to an API is not looked at.
absl::Status CheckRequest(const Call& call, const providers::Grant& grant, const AskedRequest& request);

// The decision to let the call go on: takes its share of the provider's quota, and has the decision told. Once a call;
// before anything secret is used, and before anything is sent. `grant`: null where the call concerns no provider.
// Errors: OVERLOADED, QUOTA_EXCEEDED, AUDIT_UNAVAILABLE.
Task<> Enter(Backends backends, Call call, const providers::Grant* grant);

// The decision about this call, for whoever tells it. `reason`: of a denial; empty: allowed.
Decision DecisionOf(const Call& call, absl::string_view reason);

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_GATE_H_
