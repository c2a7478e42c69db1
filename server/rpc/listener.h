// Sockets that listen at an address: TCP or Unix.
#ifndef OAUTH1D_SERVER_RPC_LISTENER_H_
#define OAUTH1D_SERVER_RPC_LISTENER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace oauth1d::rpc {

// Movable. At its end it stops to listen.
class Listener {
 public:
  // host:port (all addresses of the host), [v6]:port (`[::]` takes IPv4 too) or unix:/path; port 0: any.
  // Errors: kUnavailable: cannot listen there.
  static absl::StatusOr<Listener> Open(const std::string& address);

  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&&) = delete;
  ~Listener();

  // With the port that it got.
  const std::string& address() const { return address_; }
  // They do not block.
  const std::vector<int>& sockets() const { return sockets_; }

  // Stops to listen, and removes the Unix socket. Its path stays ours until the end of this object.
  void Close();

 private:
  Listener() = default;

  bool OpenUnix(const std::string& path);
  bool OpenTcp(const std::string& host, const std::string& port);

  std::string address_;
  std::vector<int> sockets_;
  std::string path_;  // of a Unix socket
  int lock_ = -1;     // of that path
};

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_LISTENER_H_
