// The calls that fetch credentials (RFC 5849 sections 2.1 and 2.3, and what grew beside them), and the one that ends
// them.
#ifndef OAUTH1D_SERVER_FLOW_TOKEN_CALLS_H_
#define OAUTH1D_SERVER_FLOW_TOKEN_CALLS_H_

#include <optional>
#include <string>

#include "server/base/secret.h"
#include "server/base/task.h"
#include "server/flow/call.h"
#include "server/flow/signed_http.h"
#include "server/flow/upstream.h"
#include "server/oauth1/token_response.h"
#include "server/providers/client.h"

namespace oauth1d::flow {

// All calls fail with
//   PROVIDER_REJECTED, CONSUMER_REJECTED: the provider refused (4xx);
//   BAD_TOKEN_RESPONSE: it answered something else (a redirect, HTML, too much, too little, cut off);
//   PROVIDER_BUSY: 429 or 5xx; PROVIDER_UNREACHABLE: no answer. SentOf tells whether it can have seen the call;
//   DESTINATION_DENIED, DEADLINE, kCancelled, kInternal, and those of RequestSigner::Sign.
// A call that was refused for its timestamp alone is made once more, by the provider's clock: a refusal burns nothing.
class TokenCalls {
 public:
  explicit TokenCalls(Backends backends) : backends_(backends), upstream_(backends) {}

  // `callback`: oauth_callback; none: it is not sent. Tries up to three times while the provider is busy or
  // unreachable: a spare temporary credential harms nobody.
  Task<oauth1::TokenResponse> FetchTemporaryCredentials(providers::Client client, std::optional<std::string> callback,
                                                        oauth1::Parameters parameters, Call call);

  // One try: whether another is safe is for the exchange to judge. An empty verifier is not sent.
  Task<oauth1::TokenResponse> ExchangeVerifier(providers::Client client, oauth1::TokenCredentials temporary,
                                               std::string verifier, Call call);

  // xAuth: a token for a name and a password. One try.
  Task<oauth1::TokenResponse> ExchangePassword(providers::Client client, std::string username, Secret password,
                                               Call call);

  // Another token for one that ends, or the same where it only lives on. One try.
  Task<oauth1::TokenResponse> Renew(providers::Client client, oauth1::TokenCredentials token,
                                    std::string session_handle, Call call);

  // True: the provider says that the token is dead. False: it refused to say so, or cannot be told. One try.
  Task<bool> Revoke(providers::Client client, oauth1::TokenCredentials token, Call call);

 private:
  // Sends it, and once more where the provider refused nothing but the clock.
  Task<egress::HttpResponse> Send(providers::Client client, UnsignedRequest request, ops::UpstreamCall what, Call call);
  Task<oauth1::TokenResponse> FetchOnce(providers::Client client, UnsignedRequest request, ops::UpstreamCall what,
                                        Call call);

  Backends backends_;
  Upstream upstream_;
};

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_TOKEN_CALLS_H_
