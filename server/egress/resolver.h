// Names to addresses, asynchronously, with a cache.
#ifndef OAUTH1D_SERVER_EGRESS_RESOLVER_H_
#define OAUTH1D_SERVER_EGRESS_RESOLVER_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/environment.h"
#include "server/base/event.h"
#include "server/base/task.h"
#include "server/egress/dns_lookup.h"
#include "server/egress/time_limit.h"

namespace oauth1d::egress {

struct ResolverOptions {
  ResolverOptions() {}

  std::string name_servers;  // "127.0.0.1:5300,…"; empty: the system's
  absl::Duration timeout = absl::Seconds(2);
  absl::Duration shortest_life = absl::Seconds(5);  // the answers' own time to live is clamped to these
  absl::Duration longest_life = absl::Seconds(60);
  absl::Duration failure_life = absl::Seconds(1);
  // How long after its life the last good answer is served while the name servers fail.
  absl::Duration stale_life = absl::Seconds(60);
  size_t most_lookups = 64;  // in flight
  size_t most_names = 1024;  // in the cache
};

// Used on one loop. A name is absolute: no search list applies. /etc/hosts counts, but for localhost, which is
// 127.0.0.1 (RFC 6761).
class Resolver {
 public:
  using Addresses = std::vector<boost::asio::ip::address>;

  Resolver(boost::asio::io_context& loop, Environment& environment, ResolverOptions options);
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  ~Resolver();

  // All addresses of the host, at least one, unchecked: the caller checks them each time. A number is its own address.
  // Concurrent callers for one name share a lookup.
  // Errors: PROVIDER_UNREACHABLE; the limit's; kCancelled.
  Task<Addresses> Resolve(std::string host, TimeLimit limit);

  // Ends all lookups; every waiter gets PROVIDER_UNREACHABLE.
  void Stop();

 private:
  using Result = absl::StatusOr<Addresses>;
  using Waiter = std::shared_ptr<Event<Result>>;

  struct Name {
    Addresses last_good;
    absl::Duration fresh_until = absl::ZeroDuration();  // these on Environment::Uptime
    absl::Status failure;
    absl::Duration failed_until = absl::ZeroDuration();
    std::shared_ptr<DnsLookup> lookup;
    std::vector<Waiter> waiters;
  };

  Result FromCache(const Name& name) const;
  void StartLookup(const std::string& host);
  void Learn(const std::string& host, DnsAnswer answer);
  void DropOldNames();

  boost::asio::io_context& loop_;
  Environment& environment_;
  const ResolverOptions options_;
  std::map<std::string, Name> names_;
  size_t lookups_ = 0;
  bool stopped_ = false;
};

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_RESOLVER_H_
