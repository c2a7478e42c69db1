#include "oauth1d/client.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "oauth1d/call_time.h"
#include "oauth1d/channel.h"
#include "oauth1d/connection.h"
#include "oauth1d/messages.h"
#include "oauth1d/retry.h"

namespace oauth1d {
namespace {

constexpr absl::Duration kDefaultTimeout = absl::Seconds(20);
// The service gives up after 30 s, and its own error says more than ours: whether the request was sent.
constexpr absl::Duration kTimeoutToProvider = absl::Seconds(35);
// For the same reason our deadline is later than the one that the service is told of.
constexpr absl::Duration kGrace = absl::Seconds(1);
// How long a repeat waits for a new connection where the old one was lost: a channel that is just reconnecting fails
// calls at once. It tries once a second, a fifth more or less.
constexpr absl::Duration kReconnect = absl::Milliseconds(1500);

absl::Duration TimeoutOf(const CallOptions& options, absl::Duration otherwise) {
  return options.timeout > absl::ZeroDuration() ? options.timeout : otherwise;
}

using Stub = v1::OAuth1Service::Stub;

// One call over `connection`, until `deadline`.
template <typename Connection, typename Request, typename Response>
absl::StatusOr<Response> CallUntil(const Connection& connection,
                                   grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                   const Request& request, gpr_timespec deadline, const CallOptions& options) {
  grpc::ClientContext context;
  context.set_deadline(deadline);
  connection.Prepare(context, options);
  const Cancellation::Tie tie(options.cancellation, context);
  Response response;
  const grpc::Status status = ((*connection.stub).*method)(&context, request, &response);
  if (!status.ok()) return StatusFromRpc(status);
  return response;
}

template <typename Connection, typename Request, typename Response>
absl::StatusOr<Response> Call(const Connection& connection,
                              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                              const Request& request, const CallOptions& options,
                              absl::Duration otherwise = kDefaultTimeout) {
  const CallTime time(TimeoutOf(options, otherwise));
  return CallUntil(connection, method, request, time.For(absl::ZeroDuration()), options);
}

// Whether the service said nothing: the failure is the transport's own.
bool ConnectionWasLost(const absl::Status& status) {
  return absl::IsUnavailable(status) && FailureOf(status).reason_name.empty();
}

// Waits for a new connection, not beyond `time`; whether there is one.
template <typename Connection>
bool Reconnect(const Connection& connection, const CallTime& time) {
  return connection.channel->WaitForConnected(
      CallTime(std::min(kReconnect, time.remaining())).For(absl::ZeroDuration()));
}

// A call that the contract calls safe to repeat. gRPC repeats it for a moment; a connection that is not back by then is
// waited for.
template <typename Connection, typename Request, typename Response>
absl::StatusOr<Response> CallRepeatable(const Connection& connection,
                                        grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                        const Request& request, const CallOptions& options,
                                        absl::Duration otherwise = kDefaultTimeout) {
  const CallTime time(TimeoutOf(options, otherwise));
  absl::StatusOr<Response> response = CallUntil(connection, method, request, time.For(absl::ZeroDuration()), options);
  if (!ConnectionWasLost(response.status()) || !Reconnect(connection, time)) return response;
  return CallUntil(connection, method, request, time.For(absl::ZeroDuration()), options);
}

// True where the wait was cut short.
bool Wait(absl::Duration pause, const Cancellation* cancellation) {
  if (cancellation != nullptr) return cancellation->WaitFor(pause);
  absl::SleepFor(pause);
  return false;
}

void SetTimeout(absl::Duration timeout, v1::SignedRequestRequest& request) {
  request.mutable_timeout()->set_seconds(absl::ToInt64Seconds(timeout));
  const absl::Duration rest = timeout - absl::Seconds(absl::ToInt64Seconds(timeout));
  request.mutable_timeout()->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
}

}  // namespace

absl::StatusOr<Client> Client::Connect(const ClientOptions& options) {
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = OpenChannel(options);
  if (!channel.ok()) return channel.status();
  return Client(*std::move(channel), options.api_key);
}

Client::Client(std::shared_ptr<grpc::ChannelInterface> channel, std::string api_key)
    : connection_(std::make_shared<const Connection>(
          Connection{channel, v1::OAuth1Service::NewStub(channel), std::move(api_key)})) {}

absl::StatusOr<v1::StartAuthorizationResponse> Client::StartAuthorization(absl::string_view provider,
                                                                          absl::string_view callback_url,
                                                                          const StartOptions& options) const {
  return StartAuthorization(StartMessage(provider, callback_url, options), options.call);
}

absl::StatusOr<v1::CompleteAuthorizationResponse> Client::CompleteAuthorization(absl::string_view provider,
                                                                                absl::string_view callback_query,
                                                                                absl::string_view cookie_header,
                                                                                const CallOptions& options) const {
  return CompleteAuthorization(CompleteMessage(provider, callback_query, cookie_header), options);
}

absl::StatusOr<v1::SignedRequestResponse> Client::Request(absl::string_view provider, absl::string_view access_token,
                                                          absl::string_view method, absl::string_view url,
                                                          const RequestOptions& options) const {
  const absl::StatusOr<v1::SignedRequestRequest> request = SignedMessage(provider, access_token, method, url, options);
  if (!request.ok()) return request.status();
  return SignedRequest(*request, options.call);
}

absl::StatusOr<v1::SignedRequestResponse> Client::SignedRequest(const v1::SignedRequestRequest& request,
                                                                const CallOptions& options) const {
  const CallTime time(TimeoutOf(options, kTimeoutToProvider));
  const bool tell_service = options.timeout > absl::ZeroDuration() && !request.has_timeout();
  const auto send = [&](const v1::SignedRequestRequest& message) -> absl::StatusOr<v1::SignedRequestResponse> {
    if (!tell_service) {
      return CallUntil(*connection_, &Stub::SignedRequest, message, time.For(absl::ZeroDuration()), options);
    }
    v1::SignedRequestRequest with_timeout = message;
    SetTimeout(std::max(time.remaining(), absl::Nanoseconds(1)), with_timeout);
    return CallUntil(*connection_, &Stub::SignedRequest, with_timeout, time.For(kGrace), options);
  };
  absl::StatusOr<v1::SignedRequestResponse> response = send(request);
  if (response.ok()) return response;
  const std::optional<absl::Duration> pause =
      PauseBeforeRetry(response.status(), request.call().method(), time.remaining());
  if (!pause.has_value() || Wait(*pause, options.cancellation)) return response;
  const Failure failure = FailureOf(response.status());
  if (ConnectionWasLost(response.status())) Reconnect(*connection_, time);
  if (failure.renewed_token.empty()) return send(request);
  v1::SignedRequestRequest renewed = request;
  if (renewed.has_access_token()) renewed.set_access_token(failure.renewed_token);
  return WithRenewedToken(response.status(), send(renewed));
}

StreamedRequest Client::Stream(const v1::SignedRequestRequest& head, const CallOptions& options) const {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(CallTime(TimeoutOf(options, kStreamTimeout)).For(absl::ZeroDuration()));
  connection_->Prepare(*context, options);
  return StreamedRequest(*connection_->stub, std::move(context), options.cancellation, head);
}

absl::StatusOr<v1::StartAuthorizationResponse> Client::StartAuthorization(const v1::StartAuthorizationRequest& request,
                                                                          const CallOptions& options) const {
  return CallRepeatable(*connection_, &Stub::StartAuthorization, request, options);
}

absl::StatusOr<v1::CompleteAuthorizationResponse> Client::CompleteAuthorization(
    const v1::CompleteAuthorizationRequest& request, const CallOptions& options) const {
  return CallRepeatable(*connection_, &Stub::CompleteAuthorization, request, options, kTimeoutToProvider);
}

absl::StatusOr<v1::ExplainSignatureResponse> Client::ExplainSignature(const v1::ExplainSignatureRequest& request,
                                                                      const CallOptions& options) const {
  return Call(*connection_, &Stub::ExplainSignature, request, options);
}

absl::StatusOr<v1::ImportAccessTokenResponse> Client::ImportAccessToken(const v1::ImportAccessTokenRequest& request,
                                                                        const CallOptions& options) const {
  return Call(*connection_, &Stub::ImportAccessToken, request, options);
}

absl::StatusOr<v1::RefreshAccessTokenResponse> Client::RefreshAccessToken(const v1::RefreshAccessTokenRequest& request,
                                                                          const CallOptions& options) const {
  return Call(*connection_, &Stub::RefreshAccessToken, request, options);
}

absl::StatusOr<v1::RewrapAccessTokenResponse> Client::RewrapAccessToken(const v1::RewrapAccessTokenRequest& request,
                                                                        const CallOptions& options) const {
  return CallRepeatable(*connection_, &Stub::RewrapAccessToken, request, options);
}

absl::StatusOr<v1::RevokeAccessTokenResponse> Client::RevokeAccessToken(const v1::RevokeAccessTokenRequest& request,
                                                                        const CallOptions& options) const {
  return Call(*connection_, &Stub::RevokeAccessToken, request, options);
}

absl::StatusOr<v1::ListProvidersResponse> Client::ListProviders(const v1::ListProvidersRequest& request,
                                                                const CallOptions& options) const {
  return CallRepeatable(*connection_, &Stub::ListProviders, request, options);
}

}  // namespace oauth1d
