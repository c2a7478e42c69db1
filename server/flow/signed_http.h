// From an OAuth request to the bytes on the wire: the last place where anything is encoded.
#ifndef OAUTH1D_SERVER_FLOW_SIGNED_HTTP_H_
#define OAUTH1D_SERVER_FLOW_SIGNED_HTTP_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/base/environment.h"
#include "server/egress/http_client.h"
#include "server/oauth1/signer.h"
#include "server/oauth1/url.h"
#include "server/providers/provider.h"

namespace oauth1d::flow {

// A request before it is signed. It may be signed and sent again: each time with a new nonce.
struct UnsignedRequest {
  UnsignedRequest(std::string method, oauth1::Url url) : method(std::move(method)), url(std::move(url)) {}

  std::string method;
  oauth1::Url url;
  std::vector<egress::HeaderField> headers;
  std::string body;
  bool body_is_form = false;  // application/x-www-form-urlencoded: its fields are signed
  std::optional<oauth1::TokenCredentials> token;
  std::optional<std::string> callback;
  std::optional<std::string> verifier;
};

// Errors: kInternal: no randomness, no HMAC.
absl::StatusOr<egress::HttpRequest> SignedHttpRequest(const providers::Provider& provider,
                                                      const providers::Consumer& consumer,
                                                      const UnsignedRequest& request, Environment& environment);

// The values of an answer's WWW-Authenticate fields; they live as long as the answer.
std::vector<absl::string_view> Challenges(const egress::HttpResponse& answer);

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_SIGNED_HTTP_H_
