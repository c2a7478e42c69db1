// The accept loop in front of gRPC. gRPC 1.51's own takes every connection, and goes deaf for good once the process has
// run out of descriptors.
#ifndef OAUTH1D_SERVER_RPC_ACCEPTOR_H_
#define OAUTH1D_SERVER_RPC_ACCEPTOR_H_

#include <sys/socket.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "server/base/environment.h"
#include "server/rpc/connections.h"
#include "server/rpc/listener.h"

namespace oauth1d::rpc {

// What grpc::ServerContext::peer() says of a connection from this address.
std::string PeerName(const sockaddr_storage& address);

// A thread that accepts, turns away what is too many, and watches over what it has let in.
class Acceptor {
 public:
  // `hand_on` takes the socket of a new connection. It is called on the acceptor's thread, and not after Stop.
  // `connections` outlives it.
  Acceptor(Listener listener, Connections& connections, std::function<void(int socket)> hand_on,
           Environment& environment = RealEnvironment());
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;
  ~Acceptor();

  // Returns when nobody can connect any more; what is open goes on, and is watched. Any thread, any number of times.
  void Stop();

 private:
  void Run();
  void StopAccepting();
  // False once there is nothing to accept for now.
  bool AcceptOne(int listening);
  void LetIn(int socket, const sockaddr_storage& address);
  // Without a descriptor left, those that wait could not even be turned away: a spare one is given up for each.
  bool TurnAwayByTheSpare(int listening);
  void TurnAway(int socket);
  void TellOfThoseTurnedAway(absl::Duration now);
  void Watch(int descriptor, uint64_t number, uint32_t events);

  Listener listener_;
  const std::vector<int> listening_;
  Connections& connections_;
  const std::function<void(int socket)> hand_on_;
  Environment& environment_;

  const int poll_;
  const int stop_;  // an eventfd
  std::atomic<bool> over_ = false;
  absl::Notification stopped_;

  // Of the thread.
  int spare_;
  bool breathless_ = false;  // no descriptor was left, not even for turning away
  bool accepting_ = true;
  int turned_away_ = 0;  // not told of yet
  absl::Duration told_ = -absl::InfiniteDuration();
  std::thread thread_;
};

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_ACCEPTOR_H_
