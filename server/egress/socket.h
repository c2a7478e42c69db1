// A connected TCP socket that is tried without blocking and waited for by coroutines.
#ifndef OAUTH1D_SERVER_EGRESS_SOCKET_H_
#define OAUTH1D_SERVER_EGRESS_SOCKET_H_

#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "server/base/environment.h"
#include "server/base/task.h"
#include "server/egress/open_sockets.h"
#include "server/egress/time_limit.h"

namespace oauth1d::egress {

// What came of trying to read or write.
struct Step {
  enum class Outcome {
    kDone,       // `bytes` moved, at least one
    kWantRead,   // try again once there is something to read
    kWantWrite,  // try again once there is room to write
    kEnd,        // the peer ended the stream cleanly
    kBroken,     // it is dead, or not to be trusted
  };
  Outcome outcome = Outcome::kBroken;
  size_t bytes = 0;
};

class Socket : public ClosableSocket {
 public:
  // `socket` is connected.
  Socket(boost::asio::ip::tcp::socket socket, Environment& environment, std::shared_ptr<OpenSockets> open_sockets);
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() override;

  Step Read(absl::Span<char> into);
  // Both leave in one system call where they fit.
  Step Write(absl::string_view first, absl::string_view second);
  // Whether nothing has arrived, neither bytes nor an end.
  bool Quiet();

  // Until a Step with this outcome (kWantRead, kWantWrite) is worth another try.
  // Two may wait at once; what ends one may wake the other early.
  // Errors: the limit's; kCancelled; kUnavailable if the pool was stopped.
  Task<> Wait(Step::Outcome what, TimeLimit limit);

  void Close() override;

  // Whom the kernel says we are connected to; the unspecified address if nobody.
  boost::asio::ip::address peer() const;
  // The address that the kernel gave our end.
  boost::asio::ip::address local() const;
  // How many bytes the kernel took, and gave, so far.
  uint64_t bytes_out() const { return bytes_out_; }
  uint64_t bytes_in() const { return bytes_in_; }
  Environment& environment() { return environment_; }

 private:
  struct Waiter {
    std::unique_ptr<Alarm> alarm;
    bool waiting = false;
    bool expired = false;
  };

  boost::asio::ip::tcp::socket socket_;
  Environment& environment_;
  const std::shared_ptr<OpenSockets> open_sockets_;
  std::array<Waiter, 2> waiters_;
  uint64_t bytes_out_ = 0;
  uint64_t bytes_in_ = 0;
};

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_SOCKET_H_
