#include "server/rpc/oauth1_service.h"

#include <atomic>
#include <chrono>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/ops/log.h"
#include "server/rpc/coroutine_reactor.h"
#include "server/rpc/error_status.h"
#include "server/rpc/request_reader.h"
#include "server/rpc/response_writer.h"
#include "server/rpc/text_fields.h"
#include "server/rpc/trace_id.h"

namespace oauth1d::rpc {
namespace {

// The longest that any call may take.
constexpr absl::Duration kLongest = absl::Seconds(30);
// We end a little before the caller's deadline: an error that tells whether the provider has seen the request is
// worth more than the bare DEADLINE_EXCEEDED that the caller's own library makes.
constexpr absl::Duration kTimeToAnswer = absl::Milliseconds(20);

// One call, from its bytes to its log line. Lives in the reactor's callables, on one lane.
struct Visit {
  Visit(absl::string_view method, grpc::CallbackServerContext& context, Lane& lane, const Ground& ground,
        std::shared_ptr<std::atomic<int>> calls)
      : calls(std::move(calls)),
        method(method),
        begin(lane.environment.Uptime()),
        environment(lane.environment),
        call{nullptr, ground.keyring, DeadlineOf(context, lane.environment), std::make_shared<flow::CallFacts>()} {
    ++*this->calls;
    const auto traceparent = context.client_metadata().find("traceparent");
    if (traceparent != context.client_metadata().end()) {
      trace_id = TraceIdOf({traceparent->second.data(), traceparent->second.size()});
    }
    absl::StatusOr<std::shared_ptr<const providers::Owner>> owner = IdentifyCaller(ground);
    admitted = owner.status();
    if (owner.ok()) call.owner = *std::move(owner);
  }

  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;
  ~Visit() { --*calls; }

  static Deadline DeadlineOf(const grpc::CallbackServerContext& context, Environment& environment) {
    const absl::Duration given = absl::FromChrono(context.deadline() - std::chrono::system_clock::now());
    const absl::Duration time = std::min(given - std::min(kTimeToAnswer, given / 10), kLongest);
    return Deadline::After(environment, std::max(time, absl::ZeroDuration()));
  }

  // The end: a status for the caller, a line for the log.
  grpc::Status Finish(const absl::Status& status) {
    const grpc::Status told = ToGrpcStatus(status, call.facts->provider);
    const bool known = call.owner != nullptr && call.owner->Find(call.facts->provider) != nullptr;
    ops::RpcLine line;
    const std::string code = absl::StatusCodeToString(static_cast<absl::StatusCode>(told.error_code()));
    const std::string reason = ReasonName(status);
    line.method = method;
    line.code = code;
    line.reason = reason;
    line.sent = status.ok() ? (call.facts->attempts > 0 ? "yes" : "no") : SentName(SentOf(status));
    if (call.owner != nullptr) line.owner = call.owner->name;
    if (known) line.provider = call.facts->provider;
    line.attempts = call.facts->attempts;
    line.duration = environment.Uptime() - begin;
    line.upstream = call.facts->upstream_time;
    line.http_status = call.facts->http_status != 0 ? call.facts->http_status : HttpStatusOf(status);
    line.state_id = call.facts->state_id;
    line.trace_id = trace_id;
    ops::LogRpc(line);
    WarnTheOperator(status);
    return told;
  }

  // What only an operator can mend.
  void WarnTheOperator(const absl::Status& status) const {
    const std::string& provider = call.facts->provider;
    if (call.facts->callback_unconfirmed) {
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
  void Tell(ops::Level level, absl::string_view event, const absl::Status& status) const {
    const std::string problem = OAuthProblemOf(status);
    ops::LogEvent(level, event,
                  absl::StrCat(call.facts->provider, ": ", EscapeForPeople(status.message()),
                               problem.empty() ? "" : absl::StrCat(" (", problem, ")")));
  }

  const std::shared_ptr<std::atomic<int>> calls;
  absl::string_view method;
  absl::Duration begin;
  Environment& environment;
  flow::Call call;
  absl::Status admitted;
  std::string trace_id;
};

// Runs `story`, which ends in a message of the contract, on the lane.
template <typename Story>
grpc::ServerUnaryReactor* Serve(Lane& lane, std::shared_ptr<Visit> visit, grpc::ByteBuffer* response, Story story) {
  auto* const reactor = new CoroutineReactor(lane.loop);
  reactor->Run(std::move(story), [visit, response](auto result) {
    if (!result.ok()) return visit->Finish(result.status());
    bool own_buffer = false;
    const grpc::Status written =
        grpc::SerializationTraits<std::decay_t<decltype(*result)>>::Serialize(*result, response, &own_buffer);
    return visit->Finish(written.ok() ? absl::OkStatus() : absl::InternalError("the response does not serialize"));
  });
  return reactor;
}

Task<v1::StartAuthorizationResponse> Start(Lane& lane, std::shared_ptr<Visit> visit,
                                           v1::StartAuthorizationRequest request, absl::Status parsed) {
  CO_RETURN_IF_ERROR(visit->admitted);
  CO_RETURN_IF_ERROR(parsed);
  CO_ASSIGN_OR_RETURN(flow::StartRequest start, ReadStart(request));
  CO_ASSIGN_OR_RETURN(const flow::StartedAuthorization started,
                      co_await lane.authorizer.Start(std::move(start), visit->call));
  co_return WriteStarted(started);
}

Task<v1::CompleteAuthorizationResponse> Complete(Lane& lane, std::shared_ptr<Visit> visit, std::string provider,
                                                 absl::StatusOr<flow::CompleteRequest> complete) {
  CO_RETURN_IF_ERROR(visit->admitted);
  CO_RETURN_IF_ERROR(complete.status());
  CO_ASSIGN_OR_RETURN(const flow::CompletedAuthorization completed,
                      co_await lane.authorizer.Complete(*std::move(complete), visit->call));
  co_return WriteCompleted(completed, provider);
}

Task<v1::SignedRequestResponse> Send(Lane& lane, std::shared_ptr<Visit> visit, v1::SignedRequestRequest request,
                                     absl::Status parsed) {
  CO_RETURN_IF_ERROR(visit->admitted);
  CO_RETURN_IF_ERROR(parsed);
  const absl::Duration timeout = TimeoutOf(request);
  CO_ASSIGN_OR_RETURN(flow::SignedCall call, ReadSignedRequest(std::move(request)));
  visit->call.deadline = visit->call.deadline.OrAfter(lane.environment, timeout);
  CO_ASSIGN_OR_RETURN(flow::SignedAnswer answer, co_await lane.signed_caller.Send(std::move(call), visit->call));
  co_return WriteAnswer(std::move(answer));
}

Task<v1::ListProvidersResponse> List(std::shared_ptr<Visit> visit, absl::Status parsed) {
  CO_RETURN_IF_ERROR(visit->admitted);
  CO_RETURN_IF_ERROR(parsed);
  co_return WriteProviders(*visit->call.owner);
}

}  // namespace

Lane& OAuth1Service::LaneOf(const std::string& state) {
  return *lanes_[absl::Hash<std::string>()(state) % lanes_.size()];
}

grpc::ServerUnaryReactor* OAuth1Service::StartAuthorization(grpc::CallbackServerContext* context,
                                                            const grpc::ByteBuffer* request,
                                                            grpc::ByteBuffer* response) {
  Lane& lane = NextLane();
  const auto visit = std::make_shared<Visit>("StartAuthorization", *context, lane, *ground_, calls_);
  v1::StartAuthorizationRequest message;
  const absl::Status parsed = ParseRequest(*request, message);
  return Serve(lane, visit, response, [&lane, visit, message = std::move(message), parsed]() mutable {
    return Start(lane, visit, std::move(message), parsed);
  });
}

grpc::ServerUnaryReactor* OAuth1Service::CompleteAuthorization(grpc::CallbackServerContext* context,
                                                               const grpc::ByteBuffer* request,
                                                               grpc::ByteBuffer* response) {
  v1::CompleteAuthorizationRequest message;
  const absl::Status parsed = ParseRequest(*request, message);
  absl::StatusOr<flow::CompleteRequest> complete =
      parsed.ok() ? ReadComplete(message) : absl::StatusOr<flow::CompleteRequest>(parsed);
  Lane& lane = complete.ok() ? LaneOf(complete->callback.state) : NextLane();
  const auto visit = std::make_shared<Visit>("CompleteAuthorization", *context, lane, *ground_, calls_);
  return Serve(lane, visit, response,
               [&lane, visit, provider = message.provider(), complete = std::move(complete)]() mutable {
                 return Complete(lane, visit, provider, std::move(complete));
               });
}

grpc::ServerUnaryReactor* OAuth1Service::SignedRequest(grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  Lane& lane = NextLane();
  const auto visit = std::make_shared<Visit>("SignedRequest", *context, lane, *ground_, calls_);
  v1::SignedRequestRequest message;
  const absl::Status parsed = ParseRequest(*request, message);
  return Serve(lane, visit, response, [&lane, visit, message = std::move(message), parsed]() mutable {
    return Send(lane, visit, std::move(message), parsed);
  });
}

grpc::ServerUnaryReactor* OAuth1Service::ListProviders(grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  Lane& lane = NextLane();
  const auto visit = std::make_shared<Visit>("ListProviders", *context, lane, *ground_, calls_);
  v1::ListProvidersRequest message;
  const absl::Status parsed = ParseRequest(*request, message);
  return Serve(lane, visit, response, [visit, parsed] { return List(visit, parsed); });
}

}  // namespace oauth1d::rpc
