#include "server/rpc/acceptor.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/ops/log.h"

namespace oauth1d::rpc {
namespace {

constexpr absl::Duration kTellEvery = absl::Seconds(1);
// While no descriptor is left at all, level-triggered polling would spin.
constexpr absl::Duration kBreath = absl::Milliseconds(10);
constexpr int kAtOnce = 64;
// How long a caller's kernel may leave what we sent untaken: it also ends one that keeps its TCP window shut, whose
// kernel answers every probe. As gRPC's own keepalive.
constexpr unsigned kUserTimeoutMs = 20'000;

// Numbers of connections begin at 1; those of listening sockets are from here down.
constexpr uint64_t kStop = 0;
constexpr uint64_t kListening = ~uint64_t{0};

uint64_t NumberOf(size_t listening) { return kListening - listening; }

void CloseAtOnce(int socket) {
  const linger now{1, 0};  // a reset: no TIME_WAIT for each of a flood
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  close(socket);
}

int OpenSpare() { return open("/dev/null", O_RDONLY | O_CLOEXEC); }

bool NoDescriptorLeft(int error) { return error == EMFILE || error == ENFILE; }

}  // namespace

std::string PeerName(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof(text));
    return absl::StrCat("ipv4:", text, ":", ntohs(v4.sin_port));
  }
  if (address.ss_family != AF_INET6) return "unix:";
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
    inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text, sizeof(text));
    return absl::StrCat("ipv4:", text, ":", ntohs(v6.sin6_port));
  }
  inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof(text));
  const std::string scope = v6.sin6_scope_id == 0 ? "" : absl::StrCat("%25", v6.sin6_scope_id);
  return absl::StrCat("ipv6:%5B", text, scope, "%5D:", ntohs(v6.sin6_port));
}

Acceptor::Acceptor(Listener listener, Connections& connections, std::function<void(int socket)> hand_on,
                   Environment& environment)
    : listener_(std::move(listener)),
      listening_(listener_.sockets()),
      connections_(connections),
      hand_on_(std::move(hand_on)),
      environment_(environment),
      poll_(epoll_create1(EPOLL_CLOEXEC)),
      stop_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      spare_(OpenSpare()) {
  Watch(stop_, kStop, EPOLLIN);
  for (size_t i = 0; i < listening_.size(); ++i) Watch(listening_[i], NumberOf(i), EPOLLIN);
  thread_ = std::thread([this] { Run(); });
}

Acceptor::~Acceptor() {
  over_ = true;
  Stop();
  thread_.join();
  close(poll_);
  close(stop_);
  if (spare_ >= 0) close(spare_);
}

void Acceptor::Stop() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(stop_, &one, sizeof(one));
  stopped_.WaitForNotification();
}

void Acceptor::Watch(int descriptor, uint64_t number, uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = number;
  epoll_ctl(poll_, EPOLL_CTL_ADD, descriptor, &event);
}

void Acceptor::Run() {
  std::array<epoll_event, kAtOnce> events;
  absl::Duration next_look = absl::ZeroDuration();
  while (!over_) {
    const absl::Duration now = environment_.Uptime();
    if (now >= next_look) {
      next_look = now + connections_.Judge();
      TellOfThoseTurnedAway(now);
    }
    const bool idle = connections_.open() == 0 && turned_away_ == 0;
    const absl::Duration wait = std::exchange(breathless_, false) ? kBreath : next_look - now;
    const int timeout = idle && wait > kBreath ? -1 : static_cast<int>(absl::ToInt64Milliseconds(wait)) + 1;
    const int count = epoll_wait(poll_, events.data(), kAtOnce, timeout);
    for (int i = 0; i < count; ++i) {
      const uint64_t number = events[i].data.u64;
      if (number == kStop) {
        StopAccepting();
      } else if (number > kListening - listening_.size()) {
        for (int taken = 0; accepting_ && taken < kAtOnce && AcceptOne(listening_[kListening - number]);) ++taken;
      } else if ((events[i].events & EPOLLHUP) != 0) {
        connections_.Forget(number);
      }
    }
  }
}

// The descriptor that tells of it stays readable: read it, else the loop spins.
void Acceptor::StopAccepting() {
  uint64_t told = 0;
  [[maybe_unused]] const ssize_t got = read(stop_, &told, sizeof(told));
  if (!std::exchange(accepting_, false)) return;
  listener_.Close();
  stopped_.Notify();
}

bool Acceptor::AcceptOne(int listening) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  const int socket = accept4(listening, reinterpret_cast<sockaddr*>(&address), &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (socket >= 0) {
    LetIn(socket, address);
    return true;
  }
  if (NoDescriptorLeft(errno)) return TurnAwayByTheSpare(listening);
  // Gone before we took it: the next one may be there.
  if (errno == ECONNABORTED || errno == EINTR || errno == EPROTO) return true;
  if (errno != EAGAIN && errno != EWOULDBLOCK) breathless_ = true;  // ENOBUFS, ENOMEM
  return false;
}

void Acceptor::LetIn(int socket, const sockaddr_storage& address) {
  const std::optional<Connections::Watch> watch = connections_.Admit(socket, PeerName(address));
  if (!watch.has_value()) {
    TurnAway(socket);
    return;
  }
  if (address.ss_family != AF_UNIX) {
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUserTimeoutMs, sizeof(kUserTimeoutMs));
  }
  // Hanging up is always told of. By edges: a socket may also have an error that gRPC has yet to read.
  Watch(watch->descriptor, watch->id, EPOLLET);
  hand_on_(socket);
}

bool Acceptor::TurnAwayByTheSpare(int listening) {
  if (spare_ < 0) spare_ = OpenSpare();
  if (spare_ < 0) {
    breathless_ = true;
    return false;
  }
  close(std::exchange(spare_, -1));
  const int socket = accept4(listening, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (socket >= 0) TurnAway(socket);
  breathless_ = socket < 0 && NoDescriptorLeft(errno);  // another thread was faster
  spare_ = OpenSpare();
  return socket >= 0;
}

void Acceptor::TurnAway(int socket) {
  CloseAtOnce(socket);
  ++turned_away_;
  TellOfThoseTurnedAway(environment_.Uptime());
}

void Acceptor::TellOfThoseTurnedAway(absl::Duration now) {
  if (turned_away_ == 0 || now - told_ < kTellEvery) return;
  ops::LogEvent(ops::Level::kWarning, "connections_refused",
                absl::StrCat(std::exchange(turned_away_, 0), " turned away, ", connections_.open(),
                             " are open (limits.connections, and half of the descriptors that the process may have)"));
  told_ = now;
}

}  // namespace oauth1d::rpc
