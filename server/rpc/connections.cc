#include "server/rpc/connections.h"

#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/ops/log.h"

namespace oauth1d::rpc {
namespace {

// gRPC's and the one that watches it.
constexpr int kDescriptorsEach = 2;
// A refusal must still reach its caller.
constexpr absl::Duration kTimeForRefusal = absl::Milliseconds(500);
// A connection that has made no call for so long makes room when there is none.
constexpr absl::Duration kSilence = absl::Seconds(10);
// A flood brings 50 to 300 MB a second (measured): how often one that may be one is looked at, and all of them. A look
// costs a microsecond; with thousands of connections that is a hundredth of a core.
constexpr absl::Duration kSoon = absl::Milliseconds(20);
constexpr absl::Duration kLookEvery = absl::Milliseconds(100);
constexpr absl::Duration kForOne = absl::Microseconds(100);
// Calls that were cancelled, or answered a moment ago, still have work of ours to end when the next ones begin.
constexpr int kSlackOfStreams = 4;
constexpr absl::Duration kComeAgain = absl::Seconds(1);

std::optional<ByteCounts> BytesOf(int descriptor) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  return ByteCounts{info.tcpi_bytes_received, info.tcpi_bytes_acked};
}

}  // namespace

Connections::Connections(const ConnectionLimits& limits, Environment& environment)
    : limits_(limits), environment_(environment) {}

Connections::~Connections() {
  absl::MutexLock lock(&mutex_);
  for (const auto& [id, connection] : by_id_) close(connection->watched_);
}

std::shared_ptr<Connection> Connections::Of(absl::string_view peer) {
  absl::MutexLock lock(&mutex_);
  const auto found = by_peer_.find(peer);
  return found != by_peer_.end() ? found->second : unknown_;
}

absl::Status Connections::Attribute(Connection& connection, absl::string_view identity) {
  absl::MutexLock lock(&mutex_);
  // id_ is 0 where nobody knows the connection, and where it has just been closed.
  const bool counted = !connection.identity_.empty() && connection.end_at_ == absl::InfiniteDuration();
  if (identity.empty() || connection.id_ == 0 || counted) return absl::OkStatus();
  int& has = of_identity_[identity];
  if (connection.identity_.empty() && has < limits_.per_identity) {
    ++has;
    connection.identity_ = std::string(identity);
    return absl::OkStatus();
  }
  if (has == 0) of_identity_.erase(identity);
  connection.end_at_ = std::min(connection.end_at_, environment_.Uptime() + kTimeForRefusal);
  return WithRetryAfter(Fail(Reason::kQuotaExceeded,
                             absl::StrCat("this caller has ", limits_.per_identity,
                                          " connections already (limits.connections_per_identity): use one for each "
                                          "server and share it")),
                        kComeAgain);
}

size_t Connections::open() const {
  absl::MutexLock lock(&mutex_);
  return by_id_.size();
}

// The limit may be changed while we run (prlimit).
int Connections::MostConnections() const {
  rlimit descriptors{};
  if (getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return limits_.connections;
  const rlim_t most = std::min<rlim_t>(descriptors.rlim_cur / 2 / kDescriptorsEach, std::numeric_limits<int>::max());
  return std::min(limits_.connections, static_cast<int>(most));
}

std::optional<Connections::Watch> Connections::Admit(int socket, absl::string_view peer) {
  absl::MutexLock lock(&mutex_);
  if (by_id_.size() >= static_cast<size_t>(MostConnections())) {
    full_ = true;
    return std::nullopt;
  }
  const int watched = fcntl(socket, F_DUPFD_CLOEXEC, 0);
  if (watched < 0) return std::nullopt;
  auto connection = std::make_shared<Connection>(std::string(peer), environment_.Uptime());
  connection->id_ = next_id_++;
  connection->watched_ = watched;
  connection->known_ = BytesOf(watched).has_value();
  by_id_[connection->id_] = connection;
  if (connection->known_) by_peer_[connection->peer()] = connection;
  return Watch{connection->id_, watched};
}

void Connections::Forget(uint64_t id) {
  absl::MutexLock lock(&mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  Connection& connection = *found->second;
  close(connection.watched_);
  connection.id_ = 0;
  if (const auto has = of_identity_.find(connection.identity_); has != of_identity_.end() && --has->second == 0) {
    of_identity_.erase(has);
  }
  // The kernel may have given the same port to a new one meanwhile.
  const auto same = by_peer_.find(connection.peer());
  if (same != by_peer_.end() && same->second == found->second) by_peer_.erase(same);
  by_id_.erase(found);
}

absl::Duration Connections::Judge() {
  absl::MutexLock lock(&mutex_);
  const absl::Duration now = environment_.Uptime();
  bool suspicious = false;
  for (const auto& [id, connection] : by_id_) {
    connection->GiveUpAnswers(now);
    const std::string why = WhyToEnd(*connection, now);
    suspicious = suspicious || connection->balance_.suspicious();
    if (why.empty() || connection->ended_) continue;
    // gRPC finds the end of the connection, and cancels its calls. What the other side has not taken yet is dropped.
    shutdown(connection->watched_, SHUT_RDWR);
    connection->ended_ = true;
    ops::LogEvent(ops::Level::kWarning, "connection_ended", absl::StrCat(connection->peer(), " ", why));
  }
  unknown_->GiveUpAnswers(now);
  full_ = false;
  return suspicious ? kSoon : std::max(kLookEvery, static_cast<int64_t>(by_id_.size()) * kForOne);
}

std::string Connections::WhyToEnd(Connection& connection, absl::Duration now) const {
  if (now >= connection.end_at_) return "is one too many for its caller";
  if (!connection.known_) return "";
  if (full_ && connection.calls_ == 0 && now - connection.since_ > kSilence) {
    return "has made no call, and others need its place";
  }
  // gRPC holds callers to the number of streams that it tells them only once they have acknowledged it.
  const CallCounts calls = connection.counts();
  if (calls.calls - calls.ends > static_cast<uint64_t>(kSlackOfStreams) * limits_.streams_per_connection)
    return "has too many calls under way";
  const std::optional<ByteCounts> bytes = BytesOf(connection.watched_);
  if (!bytes.has_value()) return "";
  return std::string(connection.balance_.Judge(*bytes, calls, now));
}

}  // namespace oauth1d::rpc
