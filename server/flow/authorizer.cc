#include "server/flow/authorizer.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/base/secret.h"
#include "server/base/sleep.h"
#include "server/flow/callback_urls.h"
#include "server/flow/caller_input.h"
#include "server/flow/exchange_outcome.h"
#include "server/flow/login_checks.h"
#include "server/oauth1/encoding.h"
#include "server/sealing/log_id.h"

namespace oauth1d::flow {
namespace {

constexpr size_t kStateSize = 32;
constexpr absl::Duration kPollPause = absl::Milliseconds(200);
// Left to the caller's deadline when waiting for another replica ends.
constexpr absl::Duration kTimeToAnswer = absl::Milliseconds(250);

records::v1::Flow NewFlow(const providers::Provider& provider, const providers::Consumer& consumer,
                          const AllowedCallback& callback, const providers::Owner& owner,
                          const oauth1::TokenCredentials& temporary) {
  records::v1::Flow flow;
  flow.set_owner(owner.name);
  flow.set_provider(provider.name);
  flow.set_consumer(consumer.name);
  flow.set_consumer_key(consumer.key);
  flow.set_phase(records::v1::PHASE_PENDING);
  flow.set_out_of_band(callback.out_of_band);
  flow.set_temporary_token_hash(Sha256(temporary.token));
  return flow;
}

std::string RedirectUrl(const providers::Provider& provider, const oauth1::TokenCredentials& temporary,
                        const oauth1::Parameters& parameters) {
  return provider.authorize_url->WithParameter("oauth_token", temporary.token)
      .WithEncodedQuery(oauth1::EncodeForm(parameters))
      .ToString();
}

// Whether the span that began with the phase (lease, replay) is over, by the store's clock.
bool IsOver(const StoredFlow& stored) {
  return stored.remaining <= absl::Milliseconds(stored.flow.over_at_remaining_ms());
}

}  // namespace

Task<StartedAuthorization> Authorizer::Start(StartRequest request, Call call) {
  call.facts->provider = request.provider;
  CO_ASSIGN_OR_RETURN(const providers::Grant* grant, FindGrant(*call.owner, request.provider));
  const std::shared_ptr<const providers::Provider> provider = grant->provider;
  CO_RETURN_IF_ERROR(CheckStart(request, *provider));
  CO_ASSIGN_OR_RETURN(const providers::Consumer* consumer, FindConsumer(*provider, request.consumer));
  CO_ASSIGN_OR_RETURN(const AllowedCallback callback, CheckCallbackUrl(*grant, request.callback_url));
  CO_RETURN_IF_ERROR(backends_.store.KnownState());

  StartedAuthorization started;
  CO_ASSIGN_OR_RETURN(started.state, RandomText(backends_.environment, kStateSize));
  CO_ASSIGN_OR_RETURN(started.binding_cookie.value, RandomText(backends_.environment, kStateSize));
  const FlowLocator locator(started.state);
  call.facts->state_id = sealing::LogId(*call.keyring, locator.lookup);
  started.binding_cookie.name = BindingCookieName(locator.lookup, callback.secure);
  started.binding_cookie.max_age = kFlowLife;
  started.expire_time = backends_.environment.Now() + kFlowLife;

  CO_ASSIGN_OR_RETURN(
      oauth1::TokenResponse temporary,
      co_await token_calls_.FetchTemporaryCredentials(provider, *consumer, CallbackWithState(callback, started.state),
                                                      request.request_token_parameters, call));
  CO_RETURN_IF_ERROR(CheckConfirmed(*provider, temporary.others));
  call.facts->callback_unconfirmed = provider->callback_confirmed == providers::CallbackConfirmed::kWarn &&
                                     !oauth1::CallbackConfirmed(temporary.others);

  records::v1::FlowSecrets secrets;
  secrets.set_temporary_token(temporary.credentials.token);
  secrets.set_temporary_secret(std::string(temporary.credentials.secret.Reveal()));
  secrets.set_app_state(request.app_state);
  records::v1::Flow flow = NewFlow(*provider, *consumer, callback, *call.owner, temporary.credentials);
  CO_ASSIGN_OR_RETURN(*flow.mutable_inner(),
                      records_.SealSecrets(*call.keyring, locator, BindingShare(started.binding_cookie), secrets));
  CO_ASSIGN_OR_RETURN(StoredFlow sealed, records_.SealFlow(*call.keyring, locator, std::move(flow), kFlowLife));
  const absl::Status created = co_await records_.Create(call, locator, std::move(sealed));
  CO_RETURN_IF_ERROR(WithSent(created, Sent::kYes));
  started.redirect_url = RedirectUrl(*provider, temporary.credentials, request.authorize_parameters);
  co_return started;
}

Task<CompletedAuthorization> Authorizer::Complete(CompleteRequest request, Call call) {
  call.facts->provider = request.provider;
  CO_ASSIGN_OR_RETURN(const providers::Grant* grant, FindGrant(*call.owner, request.provider));
  CO_RETURN_IF_ERROR(CheckCallback(request));
  const FlowLocator locator(request.callback.state);
  call.facts->state_id = sealing::LogId(*call.keyring, locator.lookup);
  const absl::StatusOr<std::vector<BindingCookie>> bindings = PickBindings(request.binding_cookies, locator.lookup);
  if (absl::IsInvalidArgument(bindings.status())) co_return bindings.status();
  for (;;) {
    CO_ASSIGN_OR_RETURN(StoredFlow stored, co_await records_.Load(call, locator));
    if (stored.flow.owner() != call.owner->name || stored.flow.provider() != request.provider) {
      co_return FlowNotFound();
    }
    CO_RETURN_IF_ERROR(bindings.status());
    CO_ASSIGN_OR_RETURN(BoundSecrets bound, OpenWithAny(*bindings, *call.keyring, locator, stored.flow));
    const std::string app_state = bound.secrets.app_state();
    const absl::Status token = CheckToken(stored.flow, request);
    if (!token.ok()) co_return WithAppState(token, app_state);
    ExchangeOrder order{locator,
                        std::move(stored),
                        std::move(bound.secrets),
                        BindingShare(bound.cookie),
                        request.callback.verifier,
                        grant->provider,
                        call};
    const bool denied = oauth1::IsDenial(request.callback);
    absl::StatusOr<records::v1::Result> result = co_await Advance(std::move(order), denied);
    if (absl::IsAborted(result.status())) continue;
    if (!result.ok()) co_return WithAppState(result.status(), app_state);
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

Task<records::v1::Result> Authorizer::Advance(ExchangeOrder order, bool denied) {
  const records::v1::Flow& flow = order.stored.flow;
  const bool same_verifier = EqualInConstantTime(Sha256(order.verifier), flow.verifier_hash());
  switch (flow.phase()) {
    case records::v1::PHASE_PENDING:
      if (denied) co_return co_await Deny(std::move(order));
      co_return co_await exchanges_.Join(std::move(order));
    case records::v1::PHASE_EXCHANGING:
      if (!same_verifier || denied) co_return AlreadyCompleted();
      if (IsOver(order.stored) || exchanges_.IsRunning(order.locator)) {
        co_return co_await exchanges_.Join(std::move(order));
      }
      co_return co_await WaitForOther(order.call.deadline);
    case records::v1::PHASE_DONE:
      if (IsOver(order.stored)) co_return co_await Forget(std::move(order));
      if (!same_verifier || denied) co_return AlreadyCompleted();
      co_return order.secrets.result();
    case records::v1::PHASE_FAILED:
      co_return ReplayedFailure(flow);
    default:
      co_return AlreadyCompleted();
  }
}

Task<records::v1::Result> Authorizer::Deny(ExchangeOrder order) {
  const absl::Status denied = Fail(Reason::kUserDenied, "the user said no at the provider");
  records::v1::Flow next = order.stored.flow;
  next.set_phase(records::v1::PHASE_FAILED);
  WriteFailure(denied, next);
  CO_ASSIGN_OR_RETURN(StoredFlow sealed,
                      records_.SealFlow(*order.call.keyring, order.locator, std::move(next), order.stored.remaining));
  CO_ASSIGN_OR_RETURN(const bool replaced,
                      co_await records_.Replace(order.call, order.locator, order.stored.bytes, std::move(sealed)));
  if (!replaced) co_return absl::AbortedError("the flow moved on");
  co_return denied;
}

Task<records::v1::Result> Authorizer::WaitForOther(Deadline deadline) {
  const absl::Duration pause = Jittered(backends_.environment, kPollPause);
  if (deadline.Remaining(backends_.environment) < kTimeToAnswer + pause) {
    co_return WithRetryAfter(Fail(Reason::kExchangeInProgress, "another replica is finishing this login; call again"),
                             absl::Seconds(1));
  }
  CO_RETURN_IF_ERROR(co_await Sleep(backends_.environment, pause));
  co_return absl::AbortedError("look again");
}

Task<records::v1::Result> Authorizer::Forget(ExchangeOrder order) {
  records::v1::Flow next = order.stored.flow;
  next.set_phase(records::v1::PHASE_USED);
  records::v1::FlowSecrets spent;
  spent.set_app_state(order.secrets.app_state());
  CO_ASSIGN_OR_RETURN(*next.mutable_inner(),
                      records_.SealSecrets(*order.call.keyring, order.locator, order.binding, spent));
  CO_ASSIGN_OR_RETURN(StoredFlow sealed,
                      records_.SealFlow(*order.call.keyring, order.locator, std::move(next), order.stored.remaining));
  // Whether this write wins or not, the flow is over.
  const absl::StatusOr<bool> replaced =
      co_await records_.Replace(order.call, order.locator, order.stored.bytes, std::move(sealed));
  static_cast<void>(replaced);
  co_return AlreadyCompleted();
}

}  // namespace oauth1d::flow
