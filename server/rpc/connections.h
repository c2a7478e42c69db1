// The register of callers' connections: how many there may be, and which of them must go.
#ifndef OAUTH1D_SERVER_RPC_CONNECTIONS_H_
#define OAUTH1D_SERVER_RPC_CONNECTIONS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
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

// Of, Attribute, SetLimits, limits and open are thread-safe; the rest is for the acceptor's thread. Outlives the
// server.
//
// A connection is a stranger's until a call on it was attributed to an identity; where no identities are configured,
// until a call was made. Calls that are refused because nobody knows the caller, and health checks, prove nothing. Who
// proves something is never ended to make room; strangers are, the oldest first:
// - when there is no room and a new one comes, if the stranger has had its second for proving something;
// - while there are more than the limit (it was lowered), after the same second;
// - after ten seconds, while more than three quarters of the places are taken and identities are configured.
// What connections bring and no call has read is bounded for each (TrafficBalance), and for all together: while it is
// beyond kUnreadOfAll those with the most are ended, strangers with more than a handshake's before others.
//
// Behind a unix socket all callers look alike: their connections count towards the whole, but are no strangers' and do
// not count for an identity, and the kernel does not count their bytes. Who may connect is a matter of the file's mode
// there.
class Connections {
 public:
  static constexpr uint64_t kUnreadOfAll = uint64_t{128} << 20;

  explicit Connections(const ConnectionLimits& limits, Environment& environment = RealEnvironment());
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;
  ~Connections();

  ConnectionLimits limits() const;
  // Takes over `connections` and `per_identity`; gRPC fixes the rest with the port. Connections of identities that are
  // beyond it stay.
  void SetLimits(const ConnectionLimits& limits);

  // The connection that an RPC came by: `peer` is grpc::ServerContext::peer(). Never null; one that nobody knows
  // counts for nothing.
  std::shared_ptr<Connection> Of(absl::string_view peer);

  // Says on whose behalf a call on it is, once that is proven. The connection counts for the first identity; the calls
  // of others on it (a proxy shares it) count for nothing, and are never refused. Empty: nobody's in particular (no
  // identity is configured), and no limit.
  // Errors: kResourceExhausted with reason QUOTA_EXCEEDED: the identity has too many, and this one, which is nobody
  // else's yet, ends soon, unless another identity comes by it before that.
  absl::Status Attribute(Connection& connection, absl::string_view identity);

  // How many connections there are, and how many there may be.
  size_t open() const;
  size_t most() const;

  // A new connection. It is watched by a descriptor of its own, which hangs up once both sides are shut: gRPC does that
  // to the socket before it closes it. The socket stays the caller's. Nothing: there are too many and no stranger makes
  // room, or no descriptor is left.
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
  size_t MostConnections() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Without those that we have shut down.
  size_t Serving() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return by_id_.size() - ending_; }
  void AskForProof(bool asks) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Empty: it may stay.
  std::string WhyToEnd(Connection& connection, absl::Duration now) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void End(Connection& connection) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void EndAndTell(Connection& connection, absl::string_view why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // False: there is none that is older.
  bool EndOldestStranger(absl::Duration age, absl::Duration now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TellOfStrangers(absl::Duration now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void EndThoseWithTheMostUnread(uint64_t unread) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Environment& environment_;
  const std::shared_ptr<Connection> unknown_ = std::make_shared<Connection>("", absl::ZeroDuration());
  mutable absl::Mutex mutex_;
  ConnectionLimits limits_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<uint64_t, std::shared_ptr<Connection>> by_id_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::shared_ptr<Connection>> by_peer_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, int> of_identity_ ABSL_GUARDED_BY(mutex_);
  std::set<uint64_t> strangers_ ABSL_GUARDED_BY(mutex_);  // the oldest first; without those that we have shut down
  uint64_t next_id_ ABSL_GUARDED_BY(mutex_) = 1;
  size_t ending_ ABSL_GUARDED_BY(mutex_) = 0;
  bool asks_for_proof_ ABSL_GUARDED_BY(mutex_) = false;  // identities are configured, as the last call told
  int strangers_ended_ ABSL_GUARDED_BY(mutex_) = 0;      // not told of yet
  std::string last_stranger_ ABSL_GUARDED_BY(mutex_);
  absl::Duration told_ ABSL_GUARDED_BY(mutex_) = -absl::InfiniteDuration();
};

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_CONNECTIONS_H_
