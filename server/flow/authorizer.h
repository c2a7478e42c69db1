// The login: from "send the browser there" to "here is the access token" (RFC 5849 section 2).
#ifndef OAUTH1D_SERVER_FLOW_AUTHORIZER_H_
#define OAUTH1D_SERVER_FLOW_AUTHORIZER_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "oauth1d/records/v1/records.pb.h"
#include "server/base/task.h"
#include "server/flow/binding.h"
#include "server/flow/call.h"
#include "server/flow/flow_machine.h"
#include "server/flow/flow_records.h"
#include "server/flow/token_calls.h"
#include "server/oauth1/callback.h"
#include "server/oauth1/parameter.h"

namespace oauth1d::flow {

struct StartRequest {
  std::string provider;
  std::string consumer;
  std::string callback_url;
  oauth1::Parameters authorize_parameters;
  oauth1::Parameters request_token_parameters;
  oauth1::Parameters provider_parameters;
  std::string app_state;
};

struct StartedAuthorization {
  std::string redirect_url;
  std::string state;  // empty where the provider's callback carries none: the flow is found by its token
  BindingCookie binding_cookie;
  absl::Time expire_time;
};

struct CompleteRequest {
  std::string provider;
  oauth1::Callback callback;
  std::string callback_field;  // which field of the request it came from, for error messages
  std::vector<BindingCookie> binding_cookies;
};

struct CompletedAuthorization {
  records::v1::Result result;
  std::string app_state;
  std::string spent_cookie_name;
};

// Used on one event loop. Both stories may be cancelled at any point; an exchange that has begun runs on.
class Authorizer {
 public:
  // `machine` belongs to the same loop, and outlives this.
  Authorizer(Backends backends, FlowMachine& machine)
      : backends_(backends),
        records_(backends.environment, backends.store),
        token_calls_(backends),
        machine_(machine) {}

  // Errors: INVALID_REQUEST, PROVIDER_NOT_FOUND, CALLBACK_NOT_CONFIRMED, those of TokenCalls, STORE_UNAVAILABLE,
  // STORE_FULL. Only an OK has left anything behind.
  Task<StartedAuthorization> Start(StartRequest request, Call call);

  // Errors: INVALID_REQUEST, PROVIDER_NOT_FOUND, FLOW_NOT_FOUND, RECORD_INVALID, BINDING_MISMATCH, TOKEN_MISMATCH, and
  // those of FlowMachine. Everything that can be checked is checked before the verifier is claimed: a wrong guess burns
  // nothing.
  Task<CompletedAuthorization> Complete(CompleteRequest request, Call call);

 private:
  Task<StartedAuthorization> Begin(StartRequest request, Call call);
  Task<CompletedAuthorization> Finish(CompleteRequest request, Call call);

  struct BoundSecrets {
    BindingCookie cookie;
    records::v1::FlowSecrets secrets;
  };

  // A neighbouring site can plant a cookie of the same name on plain http, and it must not lock the right browser out.
  // `cookies` is not empty. Errors: as OpenSecrets.
  absl::StatusOr<BoundSecrets> OpenWithAny(const std::vector<BindingCookie>& cookies, const sealing::Keyring& keyring,
                                           const FlowLocator& locator, const records::v1::Flow& flow);

  Backends backends_;
  FlowRecords records_;
  TokenCalls token_calls_;
  FlowMachine& machine_;
};

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_AUTHORIZER_H_
