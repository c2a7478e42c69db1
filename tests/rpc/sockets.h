// Pairs of connected sockets over the loopback interface.
#ifndef OAUTH1D_TESTS_RPC_SOCKETS_H_
#define OAUTH1D_TESTS_RPC_SOCKETS_H_

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

namespace oauth1d::rpc {

// A descriptor that is closed at its end.
class Socket {
 public:
  explicit Socket(int number = -1) : number_(number) {}
  Socket(Socket&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Socket() { Close(); }

  int number() const { return number_; }
  void Close() {
    if (number_ >= 0) close(std::exchange(number_, -1));
  }
  // The other side has ended the connection, or does within five seconds.
  bool Ends() const {
    pollfd poll{number_, POLLIN, 0};
    char octet;
    return ::poll(&poll, 1, 5000) == 1 && recv(number_, &octet, 1, 0) <= 0;
  }

 private:
  int number_;
};

// False where nobody listens. `address`: 127.0.0.1:port or unix:/path, as the socket is.
inline bool ConnectBy(const Socket& socket, const std::string& address) {
  if (address.compare(0, 5, "unix:") == 0) {
    sockaddr_un name{AF_UNIX, ""};
    strncpy(name.sun_path, address.c_str() + 5, sizeof(name.sun_path) - 1);
    return connect(socket.number(), reinterpret_cast<sockaddr*>(&name), sizeof(name)) == 0;
  }
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<uint16_t>(atoi(address.c_str() + address.rfind(':') + 1)));
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return connect(socket.number(), reinterpret_cast<sockaddr*>(&name), sizeof(name)) == 0;
}

// -1 where nobody listens.
inline Socket Connect(const std::string& address) {
  Socket socket(::socket(address.compare(0, 5, "unix:") == 0 ? AF_UNIX : AF_INET, SOCK_STREAM, 0));
  return ConnectBy(socket, address) ? std::move(socket) : Socket();
}

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_TESTS_RPC_SOCKETS_H_
