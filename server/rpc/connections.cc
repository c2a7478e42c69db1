#include "server/rpc/connections.h"

#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/ops/log.h"

namespace oauth1d::rpc {
namespace {

// gRPC's and the one that watches it.
constexpr int kDescriptorsEach = 2;
// A refusal must still reach its caller.
constexpr absl::Duration kTimeForRefusal = absl::Milliseconds(500);
// What a stranger has for a handshake and its first call when others wait for its place, and when they may soon.
constexpr absl::Duration kTimeToProve = absl::Seconds(1);
constexpr absl::Duration kSilence = absl::Seconds(10);
constexpr uint64_t kUnreadOfHandshake = uint64_t{64} << 10;
constexpr absl::Duration kTellEvery = absl::Seconds(1);
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
    : environment_(environment), limits_(limits) {}

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
  if (connection.id_ == 0) return absl::OkStatus();
  AskForProof(!identity.empty());
  if (identity.empty()) strangers_.erase(connection.id_);
  if (identity.empty() || !connection.identity_.empty()) return absl::OkStatus();
  int& has = of_identity_[identity];
  if (has < limits_.per_identity) {
    ++has;
    connection.identity_ = std::string(identity);
    connection.end_at_ = absl::InfiniteDuration();
    strangers_.erase(connection.id_);
    return absl::OkStatus();
  }
  connection.end_at_ = std::min(connection.end_at_, environment_.Uptime() + kTimeForRefusal);
  return WithRetryAfter(Fail(Reason::kQuotaExceeded,
                             absl::StrCat("this caller has ", limits_.per_identity,
                                          " connections already (limits.connections_per_identity): use one for each "
                                          "server and share it")),
                        kComeAgain);
}

// Those who were nobody in particular have to prove who they are once identities are configured.
void Connections::AskForProof(bool asks) {
  if (!std::exchange(asks_for_proof_, asks) && asks) {
    for (const auto& [id, connection] : by_id_) {
      if (connection->known_ && !connection->ended_ && connection->identity_.empty()) strangers_.insert(id);
    }
  }
}

ConnectionLimits Connections::limits() const {
  absl::MutexLock lock(&mutex_);
  return limits_;
}

void Connections::SetLimits(const ConnectionLimits& limits) {
  absl::MutexLock lock(&mutex_);
  limits_.connections = limits.connections;
  limits_.per_identity = limits.per_identity;
}

size_t Connections::open() const {
  absl::MutexLock lock(&mutex_);
  return by_id_.size();
}

size_t Connections::most() const {
  absl::MutexLock lock(&mutex_);
  return MostConnections();
}

// The limit may be changed while we run (prlimit).
size_t Connections::MostConnections() const {
  rlimit descriptors{};
  const auto limit = static_cast<size_t>(limits_.connections);
  if (getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return limit;
  return std::min<size_t>(limit, descriptors.rlim_cur / 2 / kDescriptorsEach);
}

std::optional<Connections::Watch> Connections::Admit(int socket, absl::string_view peer) {
  absl::MutexLock lock(&mutex_);
  const absl::Duration now = environment_.Uptime();
  if (Serving() >= MostConnections() && !EndOldestStranger(kTimeToProve, now)) return std::nullopt;
  const int watched = fcntl(socket, F_DUPFD_CLOEXEC, 0);
  if (watched < 0) return std::nullopt;
  auto connection = std::make_shared<Connection>(std::string(peer), now);
  connection->id_ = next_id_++;
  connection->watched_ = watched;
  connection->known_ = BytesOf(watched).has_value();
  by_id_[connection->id_] = connection;
  if (connection->known_) {
    by_peer_[connection->peer()] = connection;
    strangers_.insert(connection->id_);
  }
  return Watch{connection->id_, watched};
}

void Connections::Forget(uint64_t id) {
  absl::MutexLock lock(&mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  Connection& connection = *found->second;
  close(connection.watched_);
  strangers_.erase(id);
  if (connection.ended_) --ending_;
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
  const size_t most = MostConnections();
  while (Serving() > most && EndOldestStranger(kTimeToProve, now)) continue;
  while (asks_for_proof_ && 4 * Serving() > 3 * most && EndOldestStranger(kSilence, now)) continue;
  TellOfStrangers(now);
  bool suspicious = false;
  uint64_t unread = 0;
  for (const auto& [id, connection] : by_id_) {
    connection->GiveUpAnswers(now);
    if (connection->ended_) continue;
    const std::string why = WhyToEnd(*connection, now);
    suspicious = suspicious || connection->balance_.suspicious();
    if (why.empty()) {
      unread += connection->balance_.unread();
    } else {
      EndAndTell(*connection, why);
    }
  }
  unknown_->GiveUpAnswers(now);
  if (unread > kUnreadOfAll) EndThoseWithTheMostUnread(unread);
  suspicious = suspicious || unread > kUnreadOfAll / 8;
  return suspicious ? kSoon : std::max(kLookEvery, static_cast<int64_t>(by_id_.size()) * kForOne);
}

void Connections::End(Connection& connection) {
  // gRPC finds the end of the connection, and cancels its calls. What the other side has not taken yet is dropped.
  shutdown(connection.watched_, SHUT_RDWR);
  connection.ended_ = true;
  ++ending_;
  strangers_.erase(connection.id_);
}

void Connections::EndAndTell(Connection& connection, absl::string_view why) {
  End(connection);
  ops::LogEvent(ops::Level::kWarning, "connection_ended", absl::StrCat(connection.peer(), " ", why));
}

bool Connections::EndOldestStranger(absl::Duration age, absl::Duration now) {
  if (strangers_.empty()) return false;
  Connection& oldest = *by_id_.at(*strangers_.begin());
  if (now - oldest.since_ <= age) return false;
  End(oldest);
  ++strangers_ended_;
  last_stranger_ = oldest.peer();
  TellOfStrangers(now);
  return true;
}

// There may be thousands of them a second: one line for all.
void Connections::TellOfStrangers(absl::Duration now) {
  if (strangers_ended_ == 0 || now - told_ < kTellEvery) return;
  ops::LogEvent(
      ops::Level::kWarning, "strangers_ended",
      absl::StrCat(std::exchange(strangers_ended_, 0),
                   " connections made room, on which nobody had made a call as somebody known; the last one: ",
                   last_stranger_, " (limits.connections)"));
  told_ = now;
}

void Connections::EndThoseWithTheMostUnread(uint64_t unread) {
  std::vector<Connection*> all;
  for (const auto& [id, connection] : by_id_) {
    if (!connection->ended_) all.push_back(connection.get());
  }
  // A stranger in its handshake has some too, and is not what it is about; all such together have half of it at most.
  const uint64_t of_handshake = std::min(kUnreadOfHandshake, kUnreadOfAll / 2 / std::max<size_t>(all.size(), 1));
  const auto rank = [&](const Connection* one) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    const uint64_t its = one->balance_.unread();
    return std::pair(its > of_handshake && strangers_.contains(one->id_), its);
  };
  std::sort(all.begin(), all.end(), [&](const Connection* a, const Connection* b) { return rank(a) > rank(b); });
  for (Connection* const connection : all) {
    if (unread <= kUnreadOfAll) return;
    const uint64_t its = connection->balance_.unread();
    EndAndTell(*connection, absl::StrCat("brought ", its >> 10, " KiB that no call has read, and all together brought ",
                                         unread >> 20, " MiB of that"));
    unread -= its;
  }
}

std::string Connections::WhyToEnd(Connection& connection, absl::Duration now) const {
  if (now >= connection.end_at_) return "is one too many for its caller";
  if (!connection.known_) return "";
  // gRPC holds callers to the number of streams that it tells them only once they have acknowledged it.
  const CallCounts calls = connection.counts();
  if (calls.calls - calls.ends > static_cast<uint64_t>(kSlackOfStreams) * limits_.streams_per_connection)
    return "has too many calls under way";
  const std::optional<ByteCounts> bytes = BytesOf(connection.watched_);
  if (!bytes.has_value()) return "";
  return std::string(connection.balance_.Judge(*bytes, calls, now));
}

}  // namespace oauth1d::rpc
