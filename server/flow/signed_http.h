// From an OAuth request to the bytes on the wire: the last place where anything is encoded.
#ifndef OAUTH1D_SERVER_FLOW_SIGNED_HTTP_H_
#define OAUTH1D_SERVER_FLOW_SIGNED_HTTP_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/base/task.h"
#include "server/egress/http_client.h"
#include "server/flow/call.h"
#include "server/flow/nonce.h"
#include "server/oauth1/signer.h"
#include "server/oauth1/url.h"
#include "server/providers/client.h"

namespace oauth1d::flow {

// A request before it is signed. It may be signed and sent again: each time with a new nonce.
struct UnsignedRequest {
  // `phase` belongs to the client's provider.
  UnsignedRequest(const providers::Phase& phase, std::string method, oauth1::Url url)
      : phase(&phase), method(std::move(method)), url(std::move(url)) {}

  const providers::Phase* phase;
  std::string method;
  oauth1::Url url;
  std::vector<egress::HeaderField> headers;
  std::string body;
  oauth1::BodyKind body_kind = oauth1::BodyKind::kEmpty;
  oauth1::Parameters multipart_fields;   // text parts, for providers that sign them
  bool hash_body = false;                // where the provider's record asks for it: API requests
  oauth1::Parameters header_parameters;  // go where the protocol parameters go
  std::optional<oauth1::TokenCredentials> token;
  std::optional<std::string> callback;
  std::optional<std::string> verifier;
  std::optional<std::string> session_handle;
  bool last_timestamp_was_wrong = false;  // by a clock that was learned since: nothing to hold on to
};

// What is drawn, read or computed anew for each signature.
struct Stamp {
  std::string timestamp;                 // empty: not sent
  std::string nonce;                     // empty: not sent
  std::optional<std::string> body_hash;  // oauth_body_hash
  std::string realm;
  oauth1::Url signing_url;  // the URL as the provider sees it
};

// Signs requests on one event loop.
class RequestSigner {
 public:
  explicit RequestSigner(Backends backends) : backends_(backends), nonces_(backends.environment) {}

  // Errors: kInternal: no randomness, no signature. OVERLOADED: too many RSA signatures wait. STORE_UNAVAILABLE: where
  // timestamps must not go back, and the store does not tell the last one.
  Task<egress::HttpRequest> Sign(providers::Client client, UnsignedRequest request, Call call);

  // A stamp for now, without the store's say about timestamps.
  absl::StatusOr<Stamp> NewStamp(const providers::Client& client, const UnsignedRequest& request);

 private:
  Backends backends_;
  Nonces nonces_;
  oauth1::Signer signer_;
};

// Views of everything that is signed; the referents outlive it.
oauth1::SigningInput SigningInputOf(const providers::Client& client, const UnsignedRequest& request,
                                    const Stamp& stamp);

absl::StatusOr<oauth1::SigningKey> SigningKeyOf(const providers::Client& client, const UnsignedRequest& request);

// The request with its signature in place, and the headers that the provider's record and HTTP want.
egress::HttpRequest PlaceSignature(const providers::Client& client, UnsignedRequest request,
                                   oauth1::SignedParts signature);

// What a refusal of the timestamp, and nothing but it, teaches.
struct ClockLesson {
  bool learned = false;  // the provider's clock is another one than we thought
  // The same request, signed anew, may fare better. It was refused, so it has done nothing yet.
  bool worth_another_try = false;
};
ClockLesson LearnTheTime(Backends backends, const providers::Provider& provider, const std::string& host,
                         const egress::HttpResponse& answer);

// The values of an answer's WWW-Authenticate fields; they live as long as the answer.
std::vector<absl::string_view> Challenges(const egress::HttpResponse& answer);

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_SIGNED_HTTP_H_
