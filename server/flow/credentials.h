// Whose request it is: which client, and which token.
#ifndef OAUTH1D_SERVER_FLOW_CREDENTIALS_H_
#define OAUTH1D_SERVER_FLOW_CREDENTIALS_H_

#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "oauth1d/records/v1/records.pb.h"
#include "server/flow/call.h"
#include "server/oauth1/parameter.h"
#include "server/oauth1/signer.h"
#include "server/providers/client.h"

namespace oauth1d::flow {

// An access_token as this service sealed it.
struct SealedToken {
  std::string access_token;
};
// No token: the consumer's credentials alone.
struct ApplicationCredentials {};

using GivenCredentials = std::variant<ApplicationCredentials, SealedToken, oauth1::TokenCredentials>;

struct Credentials {
  providers::Client client;
  std::optional<oauth1::TokenCredentials> token;
  std::string replacement;                         // sealed anew; empty: none is due
  std::optional<records::v1::AccessToken> sealed;  // where the caller gave an access_token: what it holds
};

// Errors: INVALID_REQUEST that names `consumer` or `provider_parameters`; TOKEN_INVALID, TOKEN_EXPIRED, KEY_NOT_LOADED;
// CALLER_NOT_ALLOWED: requests without a user are not granted.
absl::StatusOr<Credentials> FindCredentials(const GivenCredentials& given, const std::string& consumer,
                                            const oauth1::Parameters& provider_parameters,
                                            const providers::Grant& grant, const Call& call, Environment& environment);

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_CREDENTIALS_H_
