// The register of callers' connections: how many there may be, and which of them must go.
#ifndef OAUTH1D_SERVER_RPC_CONNECTIONS_H_
#define OAUTH1D_SERVER_RPC_CONNECTIONS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/base/environment.h"
#include "server/rpc/connection.h"

namespace oauth1d::rpc {

// The configuration's `limits` that the port is about; each at least 1.
struct ConnectionLimits {
  int connections = 4096;  // cut so that they hold half of RLIMIT_NOFILE at most
  int per_identity = 64;
  int streams_per_connection = 100;
  size_t metadata_bytes = 8 * 1024;
};

// Of and Attribute are for RPCs and thread-safe; the rest is for the acceptor's thread. Outlives the server.
//
// Behind a unix socket all callers look alike: their connections count towards the whole, but not for an identity, and
// the kernel does not count their bytes. Who may connect is a matter of the file's mode there.
class Connections {
 public:
  explicit Connections(const ConnectionLimits& limits, Environment& environment = RealEnvironment());
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;
  ~Connections();

  const ConnectionLimits& limits() const { return limits_; }

  // The connection that an RPC came by: `peer` is grpc::ServerContext::peer(). Never null; one that nobody knows
  // counts for nothing.
  std::shared_ptr<Connection> Of(absl::string_view peer);

  // Says on whose behalf it is, once that is proven; the first identity of a connection counts. Empty: nobody's in
  // particular (no identity is configured), and no limit.
  // Errors: kResourceExhausted with reason QUOTA_EXCEEDED: the identity has too many, and this one ends soon.
  absl::Status Attribute(Connection& connection, absl::string_view identity);

  // How many connections there are.
  size_t open() const;

  // A new connection. It is watched by a descriptor of its own, which hangs up once both sides are shut: gRPC does that
  // to the socket before it closes it. The socket stays the caller's. Nothing: there are too many, or no descriptor is
  // left.
  struct Watch {
    uint64_t id;
    int descriptor;
  };
  std::optional<Watch> Admit(int socket, absl::string_view peer);
  // It has hung up.
  void Forget(uint64_t id);
  // Looks at all of them, and shuts down those that must go; they hang up then. When to look again, while there are
  // any.
  absl::Duration Judge();

 private:
  int MostConnections() const;
  // Empty: it may stay.
  std::string WhyToEnd(Connection& connection, absl::Duration now) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const ConnectionLimits limits_;
  Environment& environment_;
  const std::shared_ptr<Connection> unknown_ = std::make_shared<Connection>("", absl::ZeroDuration());
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<uint64_t, std::shared_ptr<Connection>> by_id_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::shared_ptr<Connection>> by_peer_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, int> of_identity_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_id_ ABSL_GUARDED_BY(mutex_) = 1;
  bool full_ ABSL_GUARDED_BY(mutex_) = false;  // since the last look
};

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_CONNECTIONS_H_
