// A caller's request, checked and ready to be signed: nothing was sent, stored or burnt yet.
#ifndef OAUTH1D_SERVER_FLOW_PREPARED_REQUEST_H_
#define OAUTH1D_SERVER_FLOW_PREPARED_REQUEST_H_

#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "server/egress/http_client.h"
#include "server/flow/call.h"
#include "server/flow/credentials.h"
#include "server/flow/signed_http.h"
#include "server/oauth1/multipart.h"
#include "server/oauth1/parameter.h"

namespace oauth1d::flow {

// The longest body of a request or an answer: with the rest of the message it stays below gRPC's usual 4 MiB.
inline constexpr size_t kMaxBody = size_t{3584} * 1024;

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

struct SignedCall {
  std::string provider;
  GivenCredentials credentials;
  std::string consumer;
  oauth1::Parameters provider_parameters;
  std::string method;
  std::string url;
  oauth1::Parameters query;
  std::vector<egress::HeaderField> headers;
  std::variant<std::monostate, RawBody, FormBody, MultipartBody> content;
};

struct PreparedRequest {
  Credentials credentials;
  UnsignedRequest request;
  const providers::Grant* grant = nullptr;  // the call's owner keeps it
  size_t url_parameters = 0;  // how many parameters the query of the URL brought; those of the field `query` follow
};

// Errors: INVALID_REQUEST, PROVIDER_NOT_FOUND, CALLER_NOT_ALLOWED, DESTINATION_DENIED, and those of FindCredentials.
// What it gives may be signed only after Enter.
absl::StatusOr<PreparedRequest> PrepareRequest(SignedCall call_in, const Call& call, Environment& environment);

// For bodies that come later: whether a body of this type is a form, which is signed.
bool IsFormType(absl::string_view content_type);
// Makes `body` the request's body, of this type. INVALID_REQUEST: a form of more than 10,000 fields, or with oauth_*
// fields.
absl::Status SetRawBody(std::string body, absl::string_view content_type, UnsignedRequest& request);

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_PREPARED_REQUEST_H_
