#include "server/rpc/listener.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace oauth1d::rpc {
namespace {

constexpr char kUnix[] = "unix:";
constexpr int kWaiting = 4096;  // the kernel cuts it to net.core.somaxconn

// A second server would take the path from under the first, and neither would notice: a lock beside it tells.
// -1: another process holds it, or the folder is missing.
int LockSocketPath(const std::string& path) {
  const int lock = open((path + ".lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0) return lock;
  if (lock >= 0) close(lock);
  return -1;
}

// Only a socket: nobody's file is deleted for a slip in the configuration.
void RemoveSocket(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) unlink(path.c_str());
}

// -1: errno tells why not.
int ListenAt(const sockaddr* address, socklen_t size) {
  const int socket = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return -1;
  if (address->sa_family != AF_UNIX) {
    const int on = 1;
    // A new server may follow an old one at once, but never beside it: SO_REUSEPORT is left off.
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  }
  if (address->sa_family == AF_INET6) {
    const int off = 0;
    setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  }
  if (bind(socket, address, size) == 0 && listen(socket, kWaiting) == 0) return socket;
  const int why = errno;
  close(socket);
  errno = why;
  return -1;
}

void SetPort(sockaddr& address, uint16_t port) {
  if (address.sa_family == AF_INET) reinterpret_cast<sockaddr_in&>(address).sin_port = port;
  if (address.sa_family == AF_INET6) reinterpret_cast<sockaddr_in6&>(address).sin6_port = port;
}

uint16_t PortOf(int socket) {
  sockaddr_storage name{};
  socklen_t size = sizeof(name);
  getsockname(socket, reinterpret_cast<sockaddr*>(&name), &size);
  return name.ss_family == AF_INET ? reinterpret_cast<sockaddr_in&>(name).sin_port
                                   : reinterpret_cast<sockaddr_in6&>(name).sin6_port;
}

}  // namespace

absl::StatusOr<Listener> Listener::Open(const std::string& address) {
  Listener listener;
  const bool unix_socket = absl::StartsWith(address, kUnix);
  const size_t colon = address.rfind(':');
  const bool open = unix_socket ? listener.OpenUnix(address.substr(strlen(kUnix)))
                                : listener.OpenTcp(address.substr(0, colon), address.substr(colon + 1));
  if (!open) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", address, ": it is taken, or ",
                     unix_socket ? "its folder is missing or not ours to write" : "no address of this host"));
  }
  listener.address_ =
      unix_socket ? address : absl::StrCat(address.substr(0, colon), ":", ntohs(PortOf(listener.sockets_.front())));
  return listener;
}

bool Listener::OpenUnix(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (path.size() >= sizeof(name.sun_path)) return false;
  memcpy(name.sun_path, path.data(), path.size());
  lock_ = LockSocketPath(path);
  if (lock_ < 0) return false;
  RemoveSocket(path);
  const int socket = ListenAt(reinterpret_cast<const sockaddr*>(&name), sizeof(name));
  if (socket < 0) return false;
  path_ = path;
  sockets_.push_back(socket);
  return true;
}

bool Listener::OpenTcp(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string name(absl::StripSuffix(absl::StripPrefix(host, "["), "]"));
  if (getaddrinfo(name.c_str(), port.c_str(), &hints, &found) != 0) return false;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    // Any port is the same port at all addresses.
    if (!sockets_.empty()) SetPort(*one->ai_addr, PortOf(sockets_.front()));
    const int socket = ListenAt(one->ai_addr, one->ai_addrlen);
    if (socket >= 0) sockets_.push_back(socket);
    // A host without IPv6 still has a `localhost` of both kinds.
    if (socket < 0 && errno != EADDRNOTAVAIL && errno != EAFNOSUPPORT) return false;
  }
  return !sockets_.empty();
}

Listener::Listener(Listener&& other) noexcept
    : address_(std::move(other.address_)),
      sockets_(std::exchange(other.sockets_, {})),
      path_(std::exchange(other.path_, {})),
      lock_(std::exchange(other.lock_, -1)) {}

Listener::~Listener() {
  Close();
  if (lock_ >= 0) close(lock_);
}

void Listener::Close() {
  for (const int socket : sockets_) close(socket);
  sockets_.clear();
  if (!path_.empty()) RemoveSocket(std::exchange(path_, {}));
}

}  // namespace oauth1d::rpc
