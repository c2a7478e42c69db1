#include "server/egress/http_pool.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/egress/address_policy.h"
#include "server/egress/cancelled.h"
#include "server/egress/connector.h"
#include "server/egress/proxy_tunnel.h"
#include "server/egress/tls_context.h"
#include "server/egress/tls_stream.h"

namespace oauth1d::egress {
namespace {

// Contexts and sessions belong to configured origins; a reload or host templates may bring new ones without end.
constexpr size_t kMostContexts = 64;
constexpr size_t kMostOrigins = 1024;

absl::Status CheckRequest(const HttpRequest& request) {
  if (request.rules == nullptr) return Fail(Reason::kInternal, "a request without rules");
  if (!request.origin.tls && !request.rules->allow_plain_http) {
    return Fail(Reason::kDestinationDenied, "the provider's configuration does not allow plain http");
  }
  return absl::OkStatus();
}

// Says that it is about the proxy, and not about the provider.
absl::Status OfProxy(const absl::Status& status) {
  const Reason reason = ReasonOf(status);
  if (reason != Reason::kProviderUnreachable && reason != Reason::kDestinationDenied) return status;
  return Fail(reason, absl::StrCat("the proxy cannot be reached: ", status.message()));
}

}  // namespace

HttpPool::HttpPool(boost::asio::io_context& loop, Environment& environment, HttpPoolOptions options)
    : loop_(loop),
      environment_(environment),
      limits_(options.limits),
      open_sockets_(std::make_shared<OpenSockets>()),
      resolver_(loop, environment, std::move(options.resolver)),
      idle_(loop, environment, options.idle) {}

HttpPool::~HttpPool() { Stop(); }

Task<HttpResponse> HttpPool::Send(HttpRequest request, Deadline deadline) {
  CO_RETURN_IF_ERROR(CheckRequest(request));
  const TimeLimit limit = LimitOf(request, deadline);
  const std::string key = KeyOf(request);
  for (;;) {
    CO_ASSIGN_OR_RETURN(Turn turn, co_await Take(&request, key, limit));
    absl::StatusOr<HttpResponse> answer = co_await turn.connection->Exchange(&request, limit);
    if (answer.ok()) {
      Give(key, std::move(turn));
      co_return answer;
    }
    if (!NeverLeft(turn, answer.status())) co_return answer;
  }
}

Task<> HttpPool::Stream(HttpRequest request, BodySource* body, std::string body_end,
                        std::optional<uint64_t> content_length, AnswerSink* answer, Deadline deadline) {
  CO_RETURN_IF_ERROR(CheckRequest(request));
  const TimeLimit limit = LimitOf(request, deadline);
  const std::string key = KeyOf(request);
  StreamedRequest streamed;
  streamed.request = &request;
  streamed.body = body;
  streamed.body_end = body_end;
  streamed.content_length = content_length;
  streamed.answer = answer;
  for (;;) {
    CO_ASSIGN_OR_RETURN(Turn turn, co_await Take(&request, key, limit));
    absl::Status status = co_await turn.connection->Stream(&loop_, streamed, limit);
    if (status.ok()) {
      Give(key, std::move(turn));
      co_return status;
    }
    // The source is asked only once bytes left: until then the exchange can begin anew.
    if (!NeverLeft(turn, status)) co_return status;
  }
}

TimeLimit HttpPool::LimitOf(const HttpRequest& request, Deadline deadline) const {
  const TimeLimit limit(deadline, Expiry::kDeadline);
  if (request.patience <= absl::ZeroDuration()) return limit;
  return limit.OrAfter(environment_, request.patience, Expiry::kPatience);
}

std::string HttpPool::KeyOf(const HttpRequest& request) {
  return absl::StrCat(request.origin.tls ? "https " : "http ", request.origin.host, " ", request.origin.port, " ",
                      fingerprints_.Of(request.rules));
}

Task<HttpPool::Turn> HttpPool::Take(const HttpRequest* request, std::string key, TimeLimit limit) {
  if (stopped_) co_return Fail(Reason::kProviderUnreachable, "shutting down");
  Turn turn;
  turn.connection = idle_.Take(key, request->may_use_stale_connection);
  turn.reused = turn.connection != nullptr;
  if (!turn.reused) {
    auto opened = co_await Open(request->origin, request->rules, key, limit);
    if (!opened.ok()) co_return WithSent(opened.status(), Sent::kNo);
    turn.connection = *std::move(opened);
  }
  if (co_await Cancelled()) co_return WithSent(absl::CancelledError("cancelled"), Sent::kNo);
  if (limit.at.Passed(environment_)) co_return WithSent(ExpiryError(limit.expiry), Sent::kNo);
  co_return turn;
}

void HttpPool::Give(const std::string& key, Turn turn) {
  if (turn.connection->usable() && !stopped_) idle_.Give(key, std::move(turn.connection));
}

// The provider closed it just now, and no byte of the request left: nobody needs to hear of it.
bool HttpPool::NeverLeft(const Turn& turn, const absl::Status& status) {
  return turn.reused && turn.connection->found_dead() && SentOf(status) == Sent::kNo;
}

Task<std::unique_ptr<HttpConnection>> HttpPool::Open(Origin origin, std::shared_ptr<const NetworkRules> rules,
                                                     std::string key, TimeLimit limit) {
  CO_RETURN_IF_ERROR(CheckHost(origin.host, *rules));
  CO_ASSIGN_OR_RETURN(std::unique_ptr<Socket> socket, co_await Reach(origin, rules, limit));
  std::unique_ptr<egress::Stream> stream;
  if (origin.tls) {
    CO_ASSIGN_OR_RETURN(TlsContext* const context, ContextFor(rules->ca_pem));
    CO_ASSIGN_OR_RETURN(SslPointer ssl, context->NewConnection(origin.host, SessionsFor(key)));
    auto tls = std::make_unique<TlsStream>(std::move(ssl), std::move(socket));
    const TimeLimit shaking = limit.OrAfter(environment_, limits_.handshake, Expiry::kHandshake);
    CO_RETURN_IF_ERROR(co_await tls->Handshake(shaking));
    stream = std::move(tls);
  } else {
    stream = std::make_unique<PlainStream>(std::move(socket));
  }
  co_return std::make_unique<HttpConnection>(std::move(stream), limits_);
}

Task<std::unique_ptr<Socket>> HttpPool::Reach(Origin origin, std::shared_ptr<const NetworkRules> rules,
                                              TimeLimit limit) {
  if (!rules->proxy.has_value()) co_return co_await ConnectTo(origin.host, origin.port, rules, limit);
  const HttpProxy& proxy = *rules->proxy;
  auto connected = co_await ConnectTo(proxy.host, proxy.port, rules, limit);
  if (!connected.ok()) co_return OfProxy(connected.status());
  std::unique_ptr<Socket> socket = *std::move(connected);
  const TimeLimit tunnelling = limit.OrAfter(environment_, limits_.tunnel, Expiry::kTunnel);
  CO_RETURN_IF_ERROR(co_await OpenTunnel(socket.get(), &proxy, origin, tunnelling));
  co_return socket;
}

Task<std::unique_ptr<Socket>> HttpPool::ConnectTo(std::string host, uint16_t port,
                                                  std::shared_ptr<const NetworkRules> rules, TimeLimit limit) {
  CO_ASSIGN_OR_RETURN(std::vector<boost::asio::ip::address> addresses, co_await resolver_.Resolve(host, limit));
  CO_RETURN_IF_ERROR(CheckAddresses(addresses, *rules));
  const TimeLimit connecting = limit.OrAfter(environment_, limits_.connect, Expiry::kConnect);
  CO_ASSIGN_OR_RETURN(std::unique_ptr<Socket> socket,
                      co_await Connect(loop_, environment_, open_sockets_, std::move(addresses), port, connecting));
  CO_RETURN_IF_ERROR(CheckPeer(*socket, port, *rules));
  co_return socket;
}

// What counts is where the bytes go: 0.0.0.0, for one, connects to loopback.
absl::Status HttpPool::CheckPeer(const Socket& socket, uint16_t port, const NetworkRules& rules) const {
  const boost::asio::ip::address peer = socket.peer();
  const boost::asio::ip::address local = socket.local();
  if (peer.is_unspecified() || local.is_unspecified()) {
    return Fail(Reason::kProviderUnreachable, "the connection ended as soon as it was made");
  }
  RETURN_IF_ERROR(CheckAddress(peer, rules));
  // What comes from loopback, or from the address that it goes to, never leaves the host.
  const bool stays_here = peer == local || local.is_loopback();
  if (stays_here && own_ports_.contains(port)) {
    return Fail(Reason::kDestinationDenied,
                absl::StrCat(peer.to_string(), " port ", port, " is where this service itself listens"));
  }
  return absl::OkStatus();
}

absl::StatusOr<TlsContext*> HttpPool::ContextFor(const std::string& ca_pem) {
  const auto found = contexts_.find(ca_pem);
  if (found != contexts_.end()) return found->second.get();
  absl::StatusOr<std::unique_ptr<TlsContext>> created = TlsContext::Create(ca_pem);
  if (!created.ok()) return Fail(Reason::kInternal, absl::StrCat("TLS: ", created.status().message()));
  if (contexts_.size() >= kMostContexts) contexts_.clear();  // connections hold what they need
  return contexts_.emplace(ca_pem, *std::move(created)).first->second.get();
}

std::shared_ptr<TlsSessions> HttpPool::SessionsFor(const std::string& key) {
  if (sessions_.size() >= kMostOrigins && !sessions_.contains(key)) sessions_.erase(sessions_.begin());
  std::shared_ptr<TlsSessions>& sessions = sessions_[key];
  if (sessions == nullptr) sessions = std::make_shared<TlsSessions>();
  return sessions;
}

void HttpPool::Stop() {
  stopped_ = true;
  idle_.CloseAll();
  resolver_.Stop();
  open_sockets_->CloseAll();
}

}  // namespace oauth1d::egress
