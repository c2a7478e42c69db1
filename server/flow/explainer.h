// How a request is signed, for people: nothing is sent, and nothing of it could be.
#ifndef OAUTH1D_SERVER_FLOW_EXPLAINER_H_
#define OAUTH1D_SERVER_FLOW_EXPLAINER_H_

#include <optional>
#include <string>
#include <vector>

#include "server/base/task.h"
#include "server/flow/call.h"
#include "server/flow/prepared_request.h"
#include "server/flow/signed_http.h"
#include "server/oauth1/base_string_difference.h"

namespace oauth1d::flow {

struct ExplainRequest {
  SignedCall call;
  std::string timestamp;             // empty: now
  std::string nonce;                 // empty: a fresh one
  std::string provider_base_string;  // empty: nothing to compare with
};

// Which part of the request a parameter came from.
enum class ParameterOrigin { kUrl, kQuery, kForm, kProtocol };

struct ExplainedParameter {
  std::string name;   // percent-encoded
  std::string value;  // percent-encoded
  ParameterOrigin origin;
};

struct ExplainedSignature {
  std::string base_string;  // empty for PLAINTEXT
  std::vector<ExplainedParameter> parameters;
  std::string authorization;  // empty where the parameters go elsewhere; the signature masked
  std::string url;            // the signature masked
  oauth1::SignatureMethod method;
  oauth1::Placement placement;
  std::optional<oauth1::BaseStringDifference> difference;
  bool identical = false;
};

// Used on one event loop.
class Explainer {
 public:
  explicit Explainer(Backends backends) : backends_(backends), stamps_(backends) {}

  // Errors: those of PrepareRequest. Renews nothing, and asks the store nothing.
  Task<ExplainedSignature> Explain(ExplainRequest request, Call call);

 private:
  // What stands for oauth_signature: `masked`, unless the provider's record lets HMAC and RSA signatures be seen.
  Task<std::string> SignatureToShow(providers::Client client, UnsignedRequest request, std::string base_string);

  Backends backends_;
  RequestSigner stamps_;
  oauth1::Signer signer_;
};

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_EXPLAINER_H_
