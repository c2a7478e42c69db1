#include "server/rpc/visit.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/base/status_macros.h"
#include "server/flow/gate.h"
#include "server/rpc/error_status.h"
#include "server/rpc/peer.h"
#include "server/rpc/traceparent.h"

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

Visit::Visit(providers::Rpc rpc, grpc::ServerContextBase& context, Lane& lane, const Ground& ground,
             Connections& connections, std::shared_ptr<std::atomic<int>> calls, size_t bytes, absl::Duration longest)
    : calls_(std::move(calls)),
      begin_(lane.environment.Uptime()),
      lane_(lane),
      connection_(connections.Of(context.peer())),
      call_{rpc,
            "",
            nullptr,
            ground.keyring,
            ground.rules,
            DeadlineOf(context, longest, lane.environment),
            std::make_shared<flow::CallFacts>()} {
  ++*calls_;
  connection_->CountCall();
  if (bytes > 0) connection_->CountRead(bytes);
  const auto traceparent = context.client_metadata().find("traceparent");
  const bool traced = traceparent != context.client_metadata().end();
  call_.facts->trace = TraceOf(traced ? absl::string_view(traceparent->second.data(), traceparent->second.size()) : "",
                               lane.environment);
  admitted_ = Admit(context, ground, connections, bytes);
}

absl::Status Visit::Admit(grpc::ServerContextBase& context, const Ground& ground, Connections& connections,
                          size_t bytes) {
  ASSIGN_OR_RETURN(callers::Caller caller, ground.directory->Identify(PeerOf(context), lane_.environment.Now()));
  call_.owner = std::move(caller.owner);
  call_.identity = std::move(caller.identity);
  RETURN_IF_ERROR(connections.Attribute(*connection_, ground.directory->has_identities() ? call_.identity : ""));
  ASSIGN_OR_RETURN(share_, lane_.quotas.BeginCall(*call_.owner));
  ASSIGN_OR_RETURN(bytes_, lane_.quotas.HoldBytes(bytes));
  return absl::OkStatus();
}

void Visit::HoldMessage(size_t bytes) {
  connection_->CountRead(bytes);
  bytes_ = callers::Share();
  bytes_ = lane_.quotas.AddBytes(bytes);
}

grpc::Status Visit::Finish(const absl::Status& outcome) {
  // Nothing is given to anybody whom nobody has decided about.
  const absl::Status status =
      outcome.ok() && !call_.facts->audited ? absl::InternalError("an answer without a decision") : outcome;
  // The provider is through with it; what goes on without its caller is a login's exchange alone.
  if (call_.rpc == providers::Rpc::kSignedRequest) call_.facts->with_provider = callers::Share();
  connection_->CountEnd(absl::IsCancelled(status), lane_.environment.Uptime() - begin_);
  const grpc::Status told = ToGrpcStatus(status, call_.facts->provider);
  const bool known = call_.owner != nullptr && call_.owner->Find(call_.facts->provider) != nullptr;
  ops::RpcLine line;
  const std::string code = absl::StatusCodeToString(static_cast<absl::StatusCode>(told.error_code()));
  const std::string reason = ReasonName(status);
  line.method = providers::NameOf(call_.rpc);
  line.code = code;
  line.reason = reason;
  line.sent = status.ok() ? (call_.facts->attempts > 0 ? "yes" : "no") : SentName(SentOf(status));
  if (call_.owner != nullptr) line.owner = call_.owner->name;
  if (known) line.provider = call_.facts->provider;
  line.attempts = call_.facts->attempts;
  line.duration = lane_.environment.Uptime() - begin_;
  line.upstream = call_.facts->upstream_time;
  line.http_status = call_.facts->http_status != 0 ? call_.facts->http_status : HttpStatusOf(status);
  line.state_id = call_.facts->state_id;
  line.trace_id = call_.facts->trace.trace_id;
  line.span_id = call_.facts->trace.span_id;
  line.parent_span_id = call_.facts->trace.parent_span_id;
  if (!call_.facts->audited) {
    flow::Decision denial = flow::DecisionOf(call_, reason);
    denial.peer = connection_->peer();
    lane_.audit.Note(denial);
  }
  lane_.metrics.RpcEnded(line.method, code, reason, line.duration);
  ops::LogRpc(line);
  if (call_.facts->trace.sampled) ops::LogSpan(SpanOf(line));
  if (!call_.facts->made_token_id.empty()) {
    ops::LogEvent(
        ops::Level::kInfo, "token_made",
        absl::StrCat(call_.facts->made_token_id, " for the owner ", call_.owner->name, " at ", call_.facts->provider),
        call_.facts->trace.trace_id);
  }
  WarnTheOperator(status);
  return told;
}

ops::Span Visit::SpanOf(const ops::RpcLine& line) const {
  ops::Span span;
  span.name = line.method;
  span.trace_id = line.trace_id;
  span.span_id = line.span_id;
  span.parent_span_id = line.parent_span_id;
  span.start = lane_.environment.Now() - line.duration;
  span.duration = line.duration;
  span.provider = line.provider;
  span.http_status = line.http_status;
  return span;
}

void Visit::WarnTheOperator(const absl::Status& status) const {
  const std::string& provider = call_.facts->provider;
  if (call_.facts->callback_unconfirmed) {
    ops::LogEvent(ops::Level::kWarning, "callback_not_confirmed",
                  absl::StrCat(provider, " did not send oauth_callback_confirmed=true: its logins can be fixated"),
                  call_.facts->trace.trace_id);
  }
  switch (EffectiveReason(status)) {
    case Reason::kConsumerRejected:
      return Tell(ops::Level::kError, "consumer_rejected", status);
    case Reason::kRecordInvalid:
      return Tell(ops::Level::kError, "record_invalid", status);
    case Reason::kInternal:
      return Tell(ops::Level::kError, "internal_error", status);
    case Reason::kDestinationDenied:
      return Tell(ops::Level::kWarning, "destination_denied", status);
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
    case Reason::kQuotaExceeded:
    case Reason::kOverloaded:
      return TellOfQuota(status);
    default:
      return;
  }
}

// Whoever is refused comes again at once: one line for many. The message names owner, provider and limit, all of the
// configuration.
void Visit::TellOfQuota(const absl::Status& status) const {
  if (call_.owner == nullptr) return;
  const int refusals = lane_.quotas.RefusalsToTell(call_.owner->name);
  if (refusals == 0) return;
  ops::LogEvent(ops::Level::kWarning, "quota_refused",
                absl::StrCat(refusals, " calls of the owner ", call_.owner->name,
                             " were refused; the last one: ", EscapeForPeople(status.message())),
                call_.facts->trace.trace_id);
}

// The reason in words, which the line of the RPC has no room for. Our own text: nothing of the provider's but the
// escaped name of its problem.
void Visit::Tell(ops::Level level, absl::string_view event, const absl::Status& status) const {
  std::string problem = OAuthProblemOf(status);
  // Names of problems look so; whatever else stands there is the provider's own text, and may be a secret.
  const bool is_name = problem.size() <= 64 && std::all_of(problem.begin(), problem.end(), [](char c) {
                         return absl::ascii_islower(static_cast<unsigned char>(c)) || c == '_';
                       });
  if (!is_name) problem = "a problem of no known form";
  ops::LogEvent(level, event,
                absl::StrCat(call_.facts->provider, ": ", EscapeForPeople(status.message()),
                             problem.empty() ? "" : absl::StrCat(" (", problem, ")")),
                call_.facts->trace.trace_id);
}

}  // namespace oauth1d::rpc
