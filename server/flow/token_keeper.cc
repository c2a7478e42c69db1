#include "server/flow/token_keeper.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/flow/access_tokens.h"
#include "server/flow/caller_input.h"
#include "server/flow/exchange_outcome.h"
#include "server/flow/gate.h"

namespace oauth1d::flow {
namespace {

// A token that ends sooner is renewed before it is used; one of a short life in the last tenth of it, or its successor
// would be due as soon as it is there.
constexpr absl::Duration kBeforehand = absl::Seconds(60);
constexpr int kLastTenth = 10;
// One is enough, but for a race; a record that a retired key sealed is never found, and never made way for.
constexpr int kMostRounds = 3;
// More renewals than a record's life has room for.
constexpr int kMostSuccessors = 100;

FlowLocator RenewalOf(const records::v1::AccessToken& token) {
  return FlowLocator(absl::StrCat("renewal ", token.token_id()));
}

// The share that stands in for the browser's binding: only who holds the old token opens the new one.
std::string HolderOf(const records::v1::AccessToken& token) {
  return absl::StrCat("renewal ", token.token().size(), ":", token.token(), " ", token.token_secret());
}

absl::StatusOr<const providers::Grant*> FindGrantOf(const records::v1::AccessToken& token, const Call& call) {
  absl::StatusOr<const providers::Grant*> grant = FindGrant(call, token.provider());
  if (ReasonOf(grant.status()) != Reason::kProviderNotFound) return grant;
  return Fail(Reason::kTokenInvalid, "access_token belongs to a provider that is not configured");
}

// Nobody may guess whether a password was taken: it is the caller's to try again, or not.
absl::Status WithoutGuess(const absl::Status& status) {
  const Reason reason = ReasonOf(status);
  const bool no_answer = reason == Reason::kProviderUnreachable || reason == Reason::kProviderBusy;
  if (!no_answer || SentOf(status) == Sent::kNo) return status;
  return WithHttpStatus(
      WithSent(Fail(Reason::kOutcomeUnknown, "the provider may have made a token that nobody has"), SentOf(status)),
      HttpStatusOf(status));
}

}  // namespace

bool TokenKeeper::IsDue(const records::v1::AccessToken& token, const providers::Provider& provider) const {
  if (provider.renewal.by == providers::RenewBy::kNothing || !token.has_expire_time()) return false;
  const absl::Duration life = absl::Seconds(token.expire_time().seconds() - token.sealed_time().seconds());
  const absl::Duration before = std::min(kBeforehand, life / kLastTenth);
  return backends_.environment.Now() + before >= absl::FromUnixSeconds(token.expire_time().seconds());
}

absl::StatusOr<TokenKeeper::Opened> TokenKeeper::Open(const std::string& access_token, const Call& call) {
  ASSIGN_OR_RETURN(OpenedAccessToken opened, OpenAccessToken(call, access_token, "", backends_.environment));
  call.facts->provider = opened.token.provider();
  ASSIGN_OR_RETURN(const providers::Grant* grant, FindGrantOf(opened.token, call));
  Opened found;
  found.grant = grant;
  ASSIGN_OR_RETURN(found.client, ClientOf(opened.token, *grant));
  found.token = std::move(opened.token);
  return found;
}

Task<records::v1::Result> TokenKeeper::Import(ImportRequest request, Call call) {
  call.facts->provider = request.provider;
  CO_ASSIGN_OR_RETURN(const providers::Grant* grant, FindGrant(call, request.provider));
  CO_ASSIGN_OR_RETURN(const providers::Client client,
                      providers::FindClient(grant->provider, request.consumer, request.provider_parameters));
  oauth1::TokenResponse response;
  if (auto* const given = std::get_if<oauth1::TokenCredentials>(&request.source)) {
    CO_RETURN_IF_ERROR(co_await Enter(backends_, call, grant));
    response.credentials = std::move(*given);
  } else {
    PasswordLogin& login = std::get<PasswordLogin>(request.source);
    if (!client.provider->capabilities.contains(providers::Capability::kXauth)) {
      co_return FailField("password_login", "is nothing that this provider takes; its record has no xauth");
    }
    if (!grant->password_login) {
      co_return Fail(Reason::kCallerNotAllowed,
                     "logins by password are not configured: set password_login for this "
                     "owner");
    }
    CO_RETURN_IF_ERROR(co_await Enter(backends_, call, grant));
    absl::StatusOr<oauth1::TokenResponse> fetched =
        co_await token_calls_.ExchangePassword(client, std::move(login.username), std::move(login.password), call);
    if (!fetched.ok()) co_return WithoutGuess(fetched.status());
    response = *std::move(fetched);
  }
  records::v1::AccessToken values;
  SetParameters(request.provider_parameters, *values.mutable_provider_parameters());
  co_return MakeResult(call, call.owner->name, client, values.provider_parameters(), std::move(response),
                       records::v1::AccessToken(), backends_.environment);
}

Task<records::v1::Result> TokenKeeper::Refresh(std::string access_token, Call call) {
  CO_ASSIGN_OR_RETURN(Opened opened, Open(access_token, call));
  if (opened.client.provider->renewal.by == providers::RenewBy::kNothing) {
    co_return FailField("access_token",
                        "belongs to a provider whose tokens are not renewed; log in again when it ends");
  }
  CO_RETURN_IF_ERROR(co_await Enter(backends_, call, opened.grant));
  co_return co_await Renew(std::move(opened.token), std::move(opened.client), std::move(call));
}

Task<std::string> TokenKeeper::Rewrap(std::string access_token, Call call) {
  CO_ASSIGN_OR_RETURN(Opened opened, Open(access_token, call));
  CO_RETURN_IF_ERROR(co_await Enter(backends_, call, opened.grant));
  // From an owner that this one also opens: from now on it is this one's own.
  opened.token.set_owner(call.owner->name);
  co_return SealAccessToken(*call.keyring, opened.token, backends_.environment);
}

Task<bool> TokenKeeper::Revoke(std::string access_token, Call call) {
  CO_ASSIGN_OR_RETURN(Opened opened, Open(access_token, call));
  CO_RETURN_IF_ERROR(co_await Enter(backends_, call, opened.grant));
  CO_ASSIGN_OR_RETURN(opened.token, co_await FindSuccessor(std::move(opened.token), call));
  oauth1::TokenCredentials token;
  token.token = opened.token.token();
  token.secret = Secret(opened.token.token_secret());
  co_return co_await token_calls_.Revoke(std::move(opened.client), std::move(token), std::move(call));
}

Task<records::v1::AccessToken> TokenKeeper::FindSuccessor(records::v1::AccessToken token, Call call) {
  for (int i = 0; i < kMostSuccessors; ++i) {
    const FlowLocator locator = RenewalOf(token);
    const absl::StatusOr<StoredFlow> stored = co_await records_.Load(call, locator);
    if (ReasonOf(stored.status()) == Reason::kFlowNotFound) break;
    CO_RETURN_IF_ERROR(stored.status());
    if (stored->flow.phase() != records::v1::PHASE_DONE) break;
    CO_ASSIGN_OR_RETURN(const records::v1::FlowSecrets secrets,
                        records_.OpenSecrets(*call.keyring, locator, HolderOf(token), stored->flow));
    CO_ASSIGN_OR_RETURN(OpenedAccessToken next, OpenAccessToken(call, secrets.result().access_token(), token.provider(),
                                                                backends_.environment));
    token = std::move(next.token);
  }
  co_return token;
}

Task<StoredFlow> TokenKeeper::LoadOrCreate(FlowLocator locator, std::string holder, records::v1::AccessToken token,
                                           providers::Client client, Call call) {
  for (int rounds = 0; rounds < kMostRounds; ++rounds) {
    absl::StatusOr<StoredFlow> stored = co_await records_.Load(call, locator);
    if (stored.ok() || ReasonOf(stored.status()) != Reason::kFlowNotFound) co_return stored;
    records::v1::Flow flow;
    flow.set_owner(token.owner());
    flow.set_provider(client.provider->name);
    flow.set_consumer(client.consumer->name);
    flow.set_consumer_key(client.consumer->key);
    *flow.mutable_provider_parameters() = token.provider_parameters();
    flow.set_phase(records::v1::PHASE_PENDING);
    flow.set_renewal(true);
    records::v1::FlowSecrets secrets;
    secrets.set_temporary_token(token.token());
    secrets.set_temporary_secret(token.token_secret());
    secrets.set_session_handle(token.session_handle());
    CO_ASSIGN_OR_RETURN(*flow.mutable_inner(), records_.SealSecrets(*call.keyring, locator, holder, secrets));
    CO_ASSIGN_OR_RETURN(StoredFlow sealed, records_.SealFlow(*call.keyring, locator, std::move(flow), kRenewalLife));
    // Read again, whoever made it: the store's own clock then tells how long it lives.
    CO_RETURN_IF_ERROR((co_await records_.Create(call, locator, std::move(sealed))).status());
  }
  co_return Fail(Reason::kTokenExpired, "the token's renewal was sealed with a key that is out of use; log in again");
}

Task<records::v1::Result> TokenKeeper::Renew(records::v1::AccessToken token, providers::Client client, Call call) {
  const bool by_handle = client.provider->renewal.by == providers::RenewBy::kSessionHandle;
  if (by_handle && token.session_handle().empty()) {
    co_return Fail(Reason::kTokenExpired,
                   "the token came without a session handle, so it cannot be renewed; log in "
                   "again");
  }
  const FlowLocator locator = RenewalOf(token);
  const std::string holder = HolderOf(token);
  for (;;) {
    CO_ASSIGN_OR_RETURN(StoredFlow stored, co_await LoadOrCreate(locator, holder, token, client, call));
    CO_ASSIGN_OR_RETURN(records::v1::FlowSecrets secrets,
                        records_.OpenSecrets(*call.keyring, locator, holder, stored.flow));
    ExchangeOrder order{locator, std::move(stored), std::move(secrets), holder, "", client, call, token};
    absl::StatusOr<records::v1::Result> result = co_await machine_.Advance(std::move(order), false);
    if (!absl::IsAborted(result.status())) co_return result;
  }
}

}  // namespace oauth1d::flow
