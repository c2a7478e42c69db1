// The HttpClient of one event loop: resolves, checks, connects, and keeps connections for the next request.
#ifndef OAUTH1D_SERVER_EGRESS_HTTP_POOL_H_
#define OAUTH1D_SERVER_EGRESS_HTTP_POOL_H_

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "server/base/environment.h"
#include "server/egress/http_client.h"
#include "server/egress/http_connection.h"
#include "server/egress/http_limits.h"
#include "server/egress/idle_connections.h"
#include "server/egress/open_sockets.h"
#include "server/egress/resolver.h"
#include "server/egress/rules_fingerprints.h"
#include "server/egress/time_limit.h"

namespace oauth1d::egress {

class TlsContext;
class TlsSessions;

struct HttpPoolOptions {
  HttpPoolOptions() {}

  HttpLimits limits;
  IdleOptions idle;
  ResolverOptions resolver;
};

// Connections and TLS sessions are shared only between requests to one origin under equal rules. A proxy only where the
// rules name one; nothing is taken from the environment. It must outlive its Sends: Stop it and let the loop run until
// they have ended, or destroy the loop without running it again.
class HttpPool : public HttpClient {
 public:
  HttpPool(boost::asio::io_context& loop, Environment& environment, HttpPoolOptions options);
  HttpPool(const HttpPool&) = delete;
  HttpPool& operator=(const HttpPool&) = delete;
  ~HttpPool() override;

  Task<HttpResponse> Send(HttpRequest request, Deadline deadline) override;

  Task<> Stream(HttpRequest request, BodySource* body, std::string body_end, std::optional<uint64_t> content_length,
                AnswerSink* answer, Deadline deadline) override;

  // A port that this service itself listens on: a connection that would come back to it is DESTINATION_DENIED,
  // whatever the rules allow. On the loop; may be said of several.
  void DenyOwnPort(uint16_t port) { own_ports_.insert(port); }

  // Closes every connection, those in use too: their Sends end with PROVIDER_UNREACHABLE, as does every later one.
  void Stop();

  size_t idle_connections() const { return idle_.size(); }
  size_t open_sockets() const { return open_sockets_->size(); }

 private:
  // One connection for one exchange.
  struct Turn {
    std::unique_ptr<HttpConnection> connection;
    bool reused = false;
  };

  TimeLimit LimitOf(const HttpRequest& request, Deadline deadline) const;
  std::string KeyOf(const HttpRequest& request);
  Task<Turn> Take(const HttpRequest* request, std::string key, TimeLimit limit);
  void Give(const std::string& key, Turn turn);
  // Whether to try again on another connection.
  static bool NeverLeft(const Turn& turn, const absl::Status& status);
  Task<std::unique_ptr<HttpConnection>> Open(Origin origin, std::shared_ptr<const NetworkRules> rules, std::string key,
                                             TimeLimit limit);
  // To the origin, through the proxy where the rules have one.
  Task<std::unique_ptr<Socket>> Reach(Origin origin, std::shared_ptr<const NetworkRules> rules, TimeLimit limit);
  Task<std::unique_ptr<Socket>> ConnectTo(std::string host, uint16_t port, std::shared_ptr<const NetworkRules> rules,
                                          TimeLimit limit);
  absl::Status CheckPeer(const Socket& socket, uint16_t port, const NetworkRules& rules) const;
  absl::StatusOr<TlsContext*> ContextFor(const std::string& ca_pem);
  std::shared_ptr<TlsSessions> SessionsFor(const std::string& key);

  boost::asio::io_context& loop_;
  Environment& environment_;
  const HttpLimits limits_;
  const std::shared_ptr<OpenSockets> open_sockets_;
  Resolver resolver_;
  RulesFingerprints fingerprints_;
  IdleConnections idle_;
  std::map<std::string, std::unique_ptr<TlsContext>> contexts_;   // by ca_pem
  std::map<std::string, std::shared_ptr<TlsSessions>> sessions_;  // by key
  std::set<uint16_t> own_ports_;
  bool stopped_ = false;
};

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_HTTP_POOL_H_
