// The two calls that fetch credentials (RFC 5849 sections 2.1 and 2.3).
#ifndef OAUTH1D_SERVER_FLOW_TOKEN_CALLS_H_
#define OAUTH1D_SERVER_FLOW_TOKEN_CALLS_H_

#include <memory>
#include <string>

#include "server/base/task.h"
#include "server/flow/call.h"
#include "server/flow/signed_http.h"
#include "server/oauth1/token_response.h"
#include "server/providers/provider.h"

namespace oauth1d::flow {

// Both calls fail with
//   PROVIDER_REJECTED, CONSUMER_REJECTED: the provider refused (4xx);
//   BAD_TOKEN_RESPONSE: it answered something else (a redirect, HTML, too much, too little, cut off);
//   PROVIDER_BUSY: 429 or 5xx; PROVIDER_UNREACHABLE: no answer. SentOf tells whether it can have seen the call;
//   DESTINATION_DENIED, DEADLINE, kCancelled, kInternal.
class TokenCalls {
 public:
  explicit TokenCalls(Backends backends) : backends_(backends) {}

  // Tries up to three times while the provider is busy or unreachable: a spare temporary credential harms nobody.
  Task<oauth1::TokenResponse> FetchTemporaryCredentials(std::shared_ptr<const providers::Provider> provider,
                                                        providers::Consumer consumer, std::string callback,
                                                        oauth1::Parameters parameters, Call call);

  // One try: whether another is safe is for the exchange to judge.
  Task<oauth1::TokenResponse> ExchangeVerifier(std::shared_ptr<const providers::Provider> provider,
                                               providers::Consumer consumer, oauth1::TokenCredentials temporary,
                                               std::string verifier, Call call);

 private:
  Task<oauth1::TokenResponse> TryOnce(std::shared_ptr<const providers::Provider> provider, providers::Consumer consumer,
                                      UnsignedRequest request, Call call);

  Backends backends_;
};

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_TOKEN_CALLS_H_
