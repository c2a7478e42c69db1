// One signed request for a user, or for the consumer itself.
#ifndef OAUTH1D_SERVER_FLOW_SIGNED_CALLER_H_
#define OAUTH1D_SERVER_FLOW_SIGNED_CALLER_H_

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "server/base/task.h"
#include "server/flow/call.h"
#include "server/flow/signed_http.h"
#include "server/oauth1/multipart.h"
#include "server/oauth1/parameter.h"
#include "server/oauth1/problem.h"
#include "server/oauth1/signer.h"

namespace oauth1d::flow {

// The longest body of a request or an answer: with the rest of the message it stays below gRPC's usual 4 MiB.
inline constexpr size_t kMaxBody = 3584 * 1024;

struct RawBody {
  std::string bytes;
  std::string content_type;  // may be empty
};
struct FormBody {
  oauth1::Parameters fields;
};
struct MultipartBody {
  std::vector<oauth1::Part> parts;
};

// An access_token as this service sealed it.
struct SealedToken {
  std::string access_token;
};
// No token: the consumer's credentials alone.
struct ApplicationCredentials {};

struct SignedCall {
  std::string provider;
  std::variant<ApplicationCredentials, SealedToken, oauth1::TokenCredentials> credentials;
  std::string consumer;
  std::string method;
  std::string url;
  oauth1::Parameters query;
  std::vector<egress::HeaderField> headers;
  std::variant<std::monostate, RawBody, FormBody, MultipartBody> content;
};

struct SignedAnswer {
  egress::HttpResponse answer;  // with the headers that a caller may see
  std::optional<oauth1::Problem> problem;
  bool token_rejected = false;
  std::string replacement_access_token;
};

// Used on one event loop.
class SignedCaller {
 public:
  explicit SignedCaller(Backends backends) : backends_(backends) {}

  // Sends the request once; once more only if the first provably never left. A cancellation closes the connection.
  // Errors: INVALID_REQUEST, TOKEN_INVALID, TOKEN_EXPIRED, KEY_NOT_LOADED, CALLER_NOT_ALLOWED, PROVIDER_NOT_FOUND,
  // DESTINATION_DENIED: nothing was sent. PROVIDER_UNREACHABLE: no answer, and safe to repeat. OUTCOME_UNKNOWN: no
  // answer to a request that may have taken effect. RESPONSE_TOO_LARGE, DEADLINE, kCancelled: see SentOf.
  Task<SignedAnswer> Send(SignedCall request, Call call);

 private:
  Backends backends_;
};

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_SIGNED_CALLER_H_
