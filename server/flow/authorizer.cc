#include "server/flow/authorizer.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/flow/access_tokens.h"
#include "server/flow/callback_urls.h"
#include "server/flow/caller_input.h"
#include "server/flow/flow_lookup.h"
#include "server/flow/gate.h"
#include "server/flow/login_checks.h"
#include "server/flow/login_counts.h"
#include "server/oauth1/encoding.h"
#include "server/sealing/log_id.h"

namespace oauth1d::flow {
namespace {

constexpr size_t kStateSize = 32;

records::v1::Flow NewFlow(const StartRequest& request, const providers::Client& client, const AllowedCallback& callback,
                          const providers::Owner& owner, const oauth1::TokenCredentials& temporary) {
  records::v1::Flow flow;
  flow.set_owner(owner.name);
  flow.set_provider(client.provider->name);
  flow.set_consumer(client.consumer->name);
  flow.set_consumer_key(client.consumer->key);
  SetParameters(request.provider_parameters, *flow.mutable_provider_parameters());
  flow.set_phase(records::v1::PHASE_PENDING);
  flow.set_out_of_band(callback.out_of_band);
  flow.set_temporary_token_hash(Sha256(temporary.token));
  return flow;
}

// The client that began the flow.
absl::StatusOr<providers::Client> ClientOf(const records::v1::Flow& flow, const providers::Grant& grant) {
  absl::StatusOr<providers::Client> client = providers::FindClient(
      grant.provider, flow.consumer(), ParametersOf(flow.provider_parameters()), flow.consumer_key());
  if (client.ok()) return client;
  return Fail(Reason::kProviderRejected, "the consumer that began this login is no longer configured");
}

// A login counts as pending from before the first request, so that a flood is refused before any work.
class PendingMark {
 public:
  // For a login that BeginFlow is asked for under this key.
  PendingMark(callers::Quotas& quotas, std::string owner, std::string key)
      : quotas_(quotas), owner_(std::move(owner)), key_(std::move(key)) {}
  PendingMark(const PendingMark&) = delete;
  PendingMark& operator=(const PendingMark&) = delete;
  ~PendingMark() {
    if (!kept_) quotas_.EndFlow(owner_, key_);
  }

  const std::string& key() const { return key_; }
  // The login is in the store, under this key.
  absl::Status KeepAs(const providers::Owner& owner, const std::string& key, absl::Duration life) {
    kept_ = key == key_;
    return kept_ ? absl::OkStatus() : quotas_.BeginFlow(owner, key, life);
  }

 private:
  callers::Quotas& quotas_;
  const std::string owner_;
  const std::string key_;
  bool kept_ = false;
};

// What the callback said is wrong, unless something later said more.
absl::Status WithCallbackProblem(absl::Status status, const oauth1::Callback& callback) {
  if (!OAuthProblemOf(status).empty()) return status;
  status = WithOAuthProblem(std::move(status), EscapeForPeople(callback.problem));
  return WithOAuthAdvice(std::move(status), EscapeForPeople(callback.problem_advice));
}

// The URL that the provider's answer names: it must be of the origin that the record knows, or a provider (or somebody
// between us) could send browsers anywhere.
absl::StatusOr<oauth1::Url> AuthorizationUrlIn(const oauth1::Parameters& others, absl::string_view field,
                                               const Origin& origin) {
  for (const oauth1::Parameter& other : others) {
    if (other.name != field) continue;
    absl::StatusOr<oauth1::Url> url = oauth1::Url::Parse(other.value);
    if (url.ok() && url->origin() == origin) return url;
  }
  return WithSent(Fail(Reason::kBadTokenResponse,
                       absl::StrCat("the provider's answer has no ", field, " of the authorize_url's origin")),
                  Sent::kYes);
}

// `callback` is what the browser shall come back to.
absl::StatusOr<std::string> RedirectUrl(const providers::Client& client, const oauth1::TokenResponse& temporary,
                                        const std::string& callback, const oauth1::Parameters& parameters) {
  const providers::Authorize& rules = client.provider->authorize;
  const oauth1::Url& known = *client.endpoints->authorize_url;
  oauth1::Url url = known;
  if (rules.url_field.empty()) {
    url = url.WithParameter(rules.token_parameter, temporary.credentials.token);
  } else {
    ASSIGN_OR_RETURN(url, AuthorizationUrlIn(temporary.others, rules.url_field, known.origin()));
  }
  if (!rules.consumer_key_parameter.empty()) {
    url = url.WithParameter(rules.consumer_key_parameter, client.consumer->key);
  }
  if (!rules.callback_parameter.empty()) url = url.WithParameter(rules.callback_parameter, callback);
  return url.WithEncodedQuery(oauth1::EncodeForm(rules.parameters))
      .WithEncodedQuery(oauth1::EncodeForm(parameters))
      .ToString();
}

}  // namespace

Task<StartedAuthorization> Authorizer::Start(StartRequest request, Call call) {
  absl::StatusOr<StartedAuthorization> started = co_await Begin(std::move(request), call);
  CountStart(backends_, call, started.status());
  co_return started;
}

Task<CompletedAuthorization> Authorizer::Complete(CompleteRequest request, Call call) {
  absl::StatusOr<CompletedAuthorization> completed = co_await Finish(std::move(request), call);
  CountComplete(backends_, call, completed.status());
  co_return completed;
}

Task<StartedAuthorization> Authorizer::Begin(StartRequest request, Call call) {
  call.facts->provider = request.provider;
  CO_ASSIGN_OR_RETURN(const providers::Grant* grant, FindGrant(call, request.provider));
  const std::shared_ptr<const providers::Provider> provider = grant->provider;
  CO_RETURN_IF_ERROR(CheckStart(request, *provider));
  CO_ASSIGN_OR_RETURN(const providers::Client client,
                      providers::FindClient(provider, request.consumer, request.provider_parameters));
  CO_ASSIGN_OR_RETURN(const AllowedCallback callback, CheckCallbackUrl(*grant, request.callback_url));
  CO_RETURN_IF_ERROR(backends_.store.KnownState());
  CO_ASSIGN_OR_RETURN(std::string state, RandomText(backends_.environment, kStateSize));
  const bool by_token = providers::FoundByToken(provider->callback_mode) && !callback.out_of_band;
  if (!by_token) call.facts->state_id = sealing::LogId(*call.keyring, state);
  PendingMark pending(backends_.quotas, call.owner->name, FlowLocator(state).store_key);
  CO_RETURN_IF_ERROR(backends_.quotas.BeginFlow(*call.owner, pending.key(), call.rules->flow_life));
  CO_RETURN_IF_ERROR(co_await Enter(backends_, call, grant));
  const std::string return_url = CallbackWithState(callback, state, provider->callback_mode);

  CO_ASSIGN_OR_RETURN(
      const oauth1::TokenResponse temporary,
      co_await token_calls_.FetchTemporaryCredentials(client, OAuthCallback(callback, state, provider->callback_mode),
                                                      request.request_token_parameters, call));
  CO_RETURN_IF_ERROR(CheckConfirmed(*provider, temporary.others));
  call.facts->callback_unconfirmed = provider->callback_confirmed == providers::CallbackConfirmed::kWarn &&
                                     !oauth1::CallbackConfirmed(temporary.others);

  StartedAuthorization started;
  std::string lookup = state;
  if (by_token) {
    lookup = LookupByToken(provider->name, client.consumer->name, temporary.credentials.token);
    state.clear();
  }
  started.state = std::move(state);
  const FlowLocator locator(std::move(lookup));
  call.facts->state_id = sealing::LogId(*call.keyring, locator.lookup);
  CO_ASSIGN_OR_RETURN(started.binding_cookie.value, RandomText(backends_.environment, kStateSize));
  started.binding_cookie.name = BindingCookieName(locator.lookup, callback.secure);
  started.binding_cookie.max_age = call.rules->flow_life;
  started.expire_time = backends_.environment.Now() + call.rules->flow_life;
  CO_ASSIGN_OR_RETURN(started.redirect_url, RedirectUrl(client, temporary, return_url, request.authorize_parameters));

  records::v1::FlowSecrets secrets;
  secrets.set_temporary_token(temporary.credentials.token);
  secrets.set_temporary_secret(std::string(temporary.credentials.secret.Reveal()));
  secrets.set_app_state(request.app_state);
  records::v1::Flow flow = NewFlow(request, client, callback, *call.owner, temporary.credentials);
  CO_ASSIGN_OR_RETURN(*flow.mutable_inner(),
                      records_.SealSecrets(*call.keyring, locator, BindingShare(started.binding_cookie), secrets));
  CO_ASSIGN_OR_RETURN(StoredFlow sealed,
                      records_.SealFlow(*call.keyring, locator, std::move(flow), call.rules->flow_life));
  const absl::StatusOr<bool> created = co_await records_.Create(call, locator, std::move(sealed));
  CO_RETURN_IF_ERROR(WithSent(created.status(), Sent::kYes));
  if (!*created && started.state.empty()) {
    co_return WithSent(Fail(Reason::kBadTokenResponse, "the provider gave a temporary token that is in use already"),
                       Sent::kYes);
  }
  if (!*created) co_return absl::InternalError("a fresh state is in use: the random generator is broken");
  CO_RETURN_IF_ERROR(pending.KeepAs(*call.owner, locator.store_key, call.rules->flow_life));
  co_return started;
}

Task<CompletedAuthorization> Authorizer::Finish(CompleteRequest request, Call call) {
  call.facts->provider = request.provider;
  CO_ASSIGN_OR_RETURN(const providers::Grant* grant, FindGrant(call, request.provider));
  const FlowLocator locator(FindLookup(*grant->provider, request.callback, request.binding_cookies));
  CO_RETURN_IF_ERROR(CheckCallback(request, *grant->provider, locator.lookup));
  call.facts->state_id = sealing::LogId(*call.keyring, locator.lookup);
  const absl::StatusOr<std::vector<BindingCookie>> bindings = PickBindings(request.binding_cookies, locator.lookup);
  if (absl::IsInvalidArgument(bindings.status())) co_return bindings.status();
  for (;;) {
    CO_ASSIGN_OR_RETURN(StoredFlow stored, co_await records_.Load(call, locator));
    if (!call.owner->Opens(stored.flow.owner()) || stored.flow.provider() != request.provider) {
      co_return FlowNotFound();
    }
    CO_RETURN_IF_ERROR(bindings.status());
    CO_ASSIGN_OR_RETURN(BoundSecrets bound, OpenWithAny(*bindings, *call.keyring, locator, stored.flow));
    const std::string app_state = bound.secrets.app_state();
    call.facts->was_over = IsEnd(stored.flow.phase());
    const std::string flow_owner = stored.flow.owner();
    const absl::Status token = CheckToken(stored.flow, request);
    if (!token.ok()) co_return WithAppState(token, app_state);
    absl::StatusOr<providers::Client> client = ClientOf(stored.flow, *grant);
    if (!client.ok()) co_return WithAppState(client.status(), app_state);
    ExchangeOrder order{locator,
                        std::move(stored),
                        std::move(bound.secrets),
                        BindingShare(bound.cookie),
                        request.callback.verifier,
                        *std::move(client),
                        call};
    if (!call.facts->audited) CO_RETURN_IF_ERROR(co_await Enter(backends_, call, grant));
    const bool denied = oauth1::IsDenial(request.callback);
    absl::StatusOr<records::v1::Result> result = co_await machine_.Advance(std::move(order), denied);
    if (absl::IsAborted(result.status())) continue;
    if (result.ok() || absl::IsFailedPrecondition(result.status())) {
      backends_.quotas.EndFlow(flow_owner, locator.store_key);
    }
    if (!result.ok()) co_return WithAppState(WithCallbackProblem(result.status(), request.callback), app_state);
    CompletedAuthorization completed;
    completed.result = *std::move(result);
    completed.app_state = app_state;
    completed.spent_cookie_name = bound.cookie.name;
    co_return completed;
  }
}

absl::StatusOr<Authorizer::BoundSecrets> Authorizer::OpenWithAny(const std::vector<BindingCookie>& cookies,
                                                                 const sealing::Keyring& keyring,
                                                                 const FlowLocator& locator,
                                                                 const records::v1::Flow& flow) {
  absl::Status last;
  for (const BindingCookie& cookie : cookies) {
    absl::StatusOr<records::v1::FlowSecrets> secrets =
        records_.OpenSecrets(keyring, locator, BindingShare(cookie), flow);
    if (secrets.ok()) return BoundSecrets{cookie, *std::move(secrets)};
    last = secrets.status();
    if (ReasonOf(last) != Reason::kBindingMismatch) break;
  }
  return last;
}

}  // namespace oauth1d::flow
