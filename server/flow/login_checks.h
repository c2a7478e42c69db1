// What is checked of a login before anything is sent, claimed or burnt.
#ifndef OAUTH1D_SERVER_FLOW_LOGIN_CHECKS_H_
#define OAUTH1D_SERVER_FLOW_LOGIN_CHECKS_H_

#include "absl/status/status.h"
#include "oauth1d/records/v1/records.pb.h"
#include "server/flow/authorizer.h"
#include "server/oauth1/parameter.h"
#include "server/providers/provider.h"

namespace oauth1d::flow {

// INVALID_REQUEST: the provider has no login, or a parameter is not allowed, or they are too many for a URL.
absl::Status CheckStart(const StartRequest& request, const providers::Provider& provider);

// CALLBACK_NOT_CONFIRMED, where the provider's record requires the confirmation (RFC 5849 section 2.1).
absl::Status CheckConfirmed(const providers::Provider& provider, const oauth1::Parameters& others);

// INVALID_REQUEST: nothing to find the flow by; or no verifier, which only a denial may lack, or a provider that has
// none.
absl::Status CheckCallback(const CompleteRequest& request, const providers::Provider& provider,
                           absl::string_view lookup);

// The callback's oauth_token (or `denied`) against the flow's. TOKEN_MISMATCH; INVALID_REQUEST where it is missing,
// but not out of band.
absl::Status CheckToken(const records::v1::Flow& flow, const CompleteRequest& request);

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_LOGIN_CHECKS_H_
