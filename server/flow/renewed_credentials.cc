#include "server/flow/renewed_credentials.h"

#include <utility>

#include "server/base/failure.h"
#include "server/flow/access_tokens.h"

namespace oauth1d::flow {
namespace {

constexpr int kMostRenewals = 4;

bool HasEnded(const records::v1::AccessToken& token, absl::Time now) {
  return token.has_expire_time() && now >= absl::FromUnixSeconds(token.expire_time().seconds());
}

// In the words of a request that was not sent: the renewal goes on, or may be begun again, by the same call.
absl::Status NotRenewed(const absl::Status& status) {
  absl::Status told = status;
  if (ReasonOf(status) == Reason::kOutcomeUnknown) {
    told = Fail(Reason::kProviderUnreachable,
                "the token has ended, and the provider has not finished its renewal; call again");
    told = WithOAuthProblem(WithHttpStatus(std::move(told), HttpStatusOf(status)), OAuthProblemOf(status));
  }
  return WithSent(std::move(told), Sent::kNo);
}

}  // namespace

Task<Credentials> RenewCredentials(Backends backends, TokenKeeper& keeper, Credentials credentials, Call call) {
  for (int renewals = 0; renewals < kMostRenewals; ++renewals) {
    CO_ASSIGN_OR_RETURN(const records::v1::Result result,
                        co_await keeper.Renew(*credentials.sealed, credentials.client, call));
    CO_ASSIGN_OR_RETURN(
        OpenedAccessToken opened,
        OpenAccessToken(call, result.access_token(), credentials.client.provider->name, backends.environment));
    credentials.replacement = opened.replacement.empty() ? result.access_token() : opened.replacement;
    oauth1::TokenCredentials token;
    token.token = opened.token.token();
    token.secret = Secret(opened.token.token_secret());
    credentials.token = std::move(token);
    credentials.sealed = std::move(opened.token);
    if (!keeper.IsDue(*credentials.sealed, *credentials.client.provider)) break;
  }
  co_return credentials;
}

Task<Credentials> RenewIfDue(Backends backends, TokenKeeper& keeper, Credentials credentials, Call call,
                             bool* renewed) {
  *renewed = false;
  if (!credentials.sealed.has_value() || !keeper.IsDue(*credentials.sealed, *credentials.client.provider)) {
    co_return credentials;
  }
  absl::StatusOr<Credentials> fresh = co_await RenewCredentials(backends, keeper, credentials, call);
  *renewed = fresh.ok();
  if (fresh.ok()) co_return fresh;
  if (HasEnded(*credentials.sealed, backends.environment.Now())) co_return NotRenewed(fresh.status());
  co_return credentials;
}

}  // namespace oauth1d::flow
