#include "server/flow/credentials.h"

#include <utility>

#include "server/base/failure.h"
#include "server/base/status_macros.h"
#include "server/flow/access_tokens.h"

namespace oauth1d::flow {

absl::StatusOr<Credentials> FindCredentials(const GivenCredentials& given, const std::string& consumer,
                                            const oauth1::Parameters& provider_parameters,
                                            const providers::Grant& grant, const Call& call, Environment& environment) {
  Credentials credentials;
  if (const auto* sealed = std::get_if<SealedToken>(&given)) {
    if (!consumer.empty()) return FailField("consumer", "is known from the access_token; leave it empty");
    if (!provider_parameters.empty()) {
      return FailField("provider_parameters", "are known from the access_token; leave them empty");
    }
    ASSIGN_OR_RETURN(OpenedAccessToken opened,
                     OpenAccessToken(call, sealed->access_token, grant.provider->name, environment));
    ASSIGN_OR_RETURN(credentials.client, ClientOf(opened.token, grant));
    credentials.token = oauth1::TokenCredentials{opened.token.token(), Secret(opened.token.token_secret())};
    credentials.replacement = std::move(opened.replacement);
    credentials.sealed = std::move(opened.token);
    return credentials;
  }
  ASSIGN_OR_RETURN(credentials.client, providers::FindClient(grant.provider, consumer, provider_parameters));
  if (const auto* own = std::get_if<oauth1::TokenCredentials>(&given)) {
    credentials.token = *own;
  } else if (!grant.application) {
    return Fail(Reason::kCallerNotAllowed,
                "requests without a user are not configured: set application for this owner");
  }
  return credentials;
}

}  // namespace oauth1d::flow
