// Connections that wait for their next request.
#ifndef OAUTH1D_SERVER_EGRESS_IDLE_CONNECTIONS_H_
#define OAUTH1D_SERVER_EGRESS_IDLE_CONNECTIONS_H_

#include <boost/asio/io_context.hpp>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/time/time.h"
#include "server/base/environment.h"
#include "server/egress/http_connection.h"

namespace oauth1d::egress {

struct IdleOptions {
  IdleOptions() {}

  absl::Duration fresh = absl::Seconds(1);  // so long a connection serves requests that cannot be repeated
  absl::Duration most = absl::Seconds(30);  // then it is closed
  size_t per_key = 64;
  size_t in_all = 512;
};

// Used on one loop.
class IdleConnections {
 public:
  IdleConnections(boost::asio::io_context& loop, Environment& environment, IdleOptions options);
  IdleConnections(const IdleConnections&) = delete;
  IdleConnections& operator=(const IdleConnections&) = delete;
  ~IdleConnections();

  // The one that was used last, if the provider has not ended it; null if there is none. `may_be_stale`: also one
  // that is not fresh any more.
  std::unique_ptr<HttpConnection> Take(const std::string& key, bool may_be_stale);
  // Beyond the caps the one that is idle for longest is closed.
  void Give(const std::string& key, std::unique_ptr<HttpConnection> connection);
  void CloseAll();
  size_t size() const { return by_age_.size(); }

 private:
  struct Idle {
    std::string key;
    absl::Duration since;
    std::unique_ptr<HttpConnection> connection;
  };
  using Iterator = std::list<Idle>::iterator;

  std::unique_ptr<HttpConnection> Remove(Iterator idle);
  void CloseOld();

  Environment& environment_;
  const IdleOptions options_;
  std::list<Idle> by_age_;  // the oldest first
  std::unordered_map<std::string, std::vector<Iterator>> by_key_;
  const std::unique_ptr<Alarm> alarm_;
  bool armed_ = false;
};

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_IDLE_CONNECTIONS_H_
