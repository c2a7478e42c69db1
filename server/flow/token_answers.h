// What a provider's answer to a token call means.
#ifndef OAUTH1D_SERVER_FLOW_TOKEN_ANSWERS_H_
#define OAUTH1D_SERVER_FLOW_TOKEN_ANSWERS_H_

#include "absl/status/statusor.h"
#include "server/egress/http_client.h"
#include "server/flow/signed_http.h"
#include "server/oauth1/token_response.h"
#include "server/ops/metrics.h"
#include "server/providers/provider.h"

namespace oauth1d::flow {

// The credentials in an answer. Errors: PROVIDER_REJECTED, CONSUMER_REJECTED, BAD_TOKEN_RESPONSE, PROVIDER_BUSY, each
// with HttpStatusOf, OAuthProblemOf and OAuthAdviceOf.
absl::StatusOr<oauth1::TokenResponse> ReadTokenAnswer(const providers::Provider& provider,
                                                      const UnsignedRequest& request,
                                                      const egress::HttpResponse& answer);

// The same without looking for credentials: OK where the provider took the request.
absl::Status CheckTokenAnswer(const providers::Provider& provider, const UnsignedRequest& request,
                              const egress::HttpResponse& answer);

// What the HTTP client could not finish, in the words of a token call.
absl::Status NoTokenAnswer(const absl::Status& status);

// Whether a token call that failed so may fare better soon, and what that is in the words of the metrics.
bool WorthAnotherTry(const absl::Status& status);
ops::RepeatReason WhyRepeated(const absl::Status& status);

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_TOKEN_ANSWERS_H_
