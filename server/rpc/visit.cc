#include "server/rpc/visit.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/rpc/error_status.h"
#include "server/rpc/trace_id.h"

namespace oauth1d::rpc {
namespace {

// We end a little before the caller's deadline: an error that tells whether the provider has seen the request is
// worth more than the bare DEADLINE_EXCEEDED that the caller's own library makes.
constexpr absl::Duration kTimeToAnswer = absl::Milliseconds(100);

Deadline DeadlineOf(const grpc::ServerContextBase& context, absl::Duration longest, Environment& environment) {
  const absl::Duration given = absl::FromChrono(context.deadline() - std::chrono::system_clock::now());
  const absl::Duration time = std::min(given - std::min(kTimeToAnswer, given / 10), longest);
  return Deadline::After(environment, std::max(time, absl::ZeroDuration()));
}

}  // namespace

Visit::Visit(absl::string_view method, grpc::ServerContextBase& context, Lane& lane, const Ground& ground,
             std::shared_ptr<std::atomic<int>> calls, absl::Duration longest)
    : calls_(std::move(calls)),
      method_(method),
      begin_(lane.environment.Uptime()),
      environment_(lane.environment),
      call_{nullptr, ground.keyring, DeadlineOf(context, longest, lane.environment),
            std::make_shared<flow::CallFacts>()} {
  ++*calls_;
  const auto traceparent = context.client_metadata().find("traceparent");
  if (traceparent != context.client_metadata().end()) {
    trace_id_ = TraceIdOf({traceparent->second.data(), traceparent->second.size()});
  }
  absl::StatusOr<std::shared_ptr<const providers::Owner>> owner = IdentifyCaller(ground);
  admitted_ = owner.status();
  if (owner.ok()) call_.owner = *std::move(owner);
}

grpc::Status Visit::Finish(const absl::Status& status) {
  const grpc::Status told = ToGrpcStatus(status, call_.facts->provider);
  const bool known = call_.owner != nullptr && call_.owner->Find(call_.facts->provider) != nullptr;
  ops::RpcLine line;
  const std::string code = absl::StatusCodeToString(static_cast<absl::StatusCode>(told.error_code()));
  const std::string reason = ReasonName(status);
  line.method = method_;
  line.code = code;
  line.reason = reason;
  line.sent = status.ok() ? (call_.facts->attempts > 0 ? "yes" : "no") : SentName(SentOf(status));
  if (call_.owner != nullptr) line.owner = call_.owner->name;
  if (known) line.provider = call_.facts->provider;
  line.attempts = call_.facts->attempts;
  line.duration = environment_.Uptime() - begin_;
  line.upstream = call_.facts->upstream_time;
  line.http_status = call_.facts->http_status != 0 ? call_.facts->http_status : HttpStatusOf(status);
  line.state_id = call_.facts->state_id;
  line.trace_id = trace_id_;
  ops::LogRpc(line);
  WarnTheOperator(status);
  return told;
}

void Visit::WarnTheOperator(const absl::Status& status) const {
  const std::string& provider = call_.facts->provider;
  if (call_.facts->callback_unconfirmed) {
    ops::LogEvent(ops::Level::kWarning, "callback_not_confirmed",
                  absl::StrCat(provider, " did not send oauth_callback_confirmed=true: its logins can be fixated"));
  }
  switch (EffectiveReason(status)) {
    case Reason::kConsumerRejected:
      return Tell(ops::Level::kError, "consumer_rejected", status);
    case Reason::kRecordInvalid:
      return Tell(ops::Level::kError, "record_invalid", status);
    case Reason::kInternal:
      return Tell(ops::Level::kError, "internal_error", status);
    case Reason::kProviderUnreachable:
    case Reason::kProviderBusy:
    case Reason::kProviderRejected:
    case Reason::kBadTokenResponse:
    case Reason::kCallbackNotConfirmed:
    case Reason::kOutcomeUnknown:
      return Tell(ops::Level::kWarning, "provider_failed", status);
    case Reason::kStoreUnavailable:
    case Reason::kStoreFull:
      return Tell(ops::Level::kWarning, "store_failed", status);
    default:
      return;
  }
}

// The reason in words, which the line of the RPC has no room for. Our own text: nothing of the provider's but the
// escaped name of its problem.
void Visit::Tell(ops::Level level, absl::string_view event, const absl::Status& status) const {
  const std::string problem = OAuthProblemOf(status);
  ops::LogEvent(level, event,
                absl::StrCat(call_.facts->provider, ": ", EscapeForPeople(status.message()),
                             problem.empty() ? "" : absl::StrCat(" (", problem, ")")));
}

}  // namespace oauth1d::rpc
