// The sockets of one pool, so that stopping it closes them wherever they are in use.
#ifndef OAUTH1D_SERVER_EGRESS_OPEN_SOCKETS_H_
#define OAUTH1D_SERVER_EGRESS_OPEN_SOCKETS_H_

#include <set>

namespace oauth1d::egress {

class ClosableSocket {
 public:
  virtual ~ClosableSocket() = default;
  // Ends the waits of whoever uses it.
  virtual void Close() = 0;
};

// Shared by the pool and by each socket: a coroutine that dies with its loop may hold a socket longer than the pool
// lives.
class OpenSockets {
 public:
  void Add(ClosableSocket* socket) { sockets_.insert(socket); }
  void Remove(ClosableSocket* socket) { sockets_.erase(socket); }
  void CloseAll() {
    for (ClosableSocket* socket : sockets_) socket->Close();
  }
  size_t size() const { return sockets_.size(); }

 private:
  std::set<ClosableSocket*> sockets_;
};

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_OPEN_SOCKETS_H_
