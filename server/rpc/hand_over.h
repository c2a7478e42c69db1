// Threads that give new connections to gRPC.
#ifndef OAUTH1D_SERVER_RPC_HAND_OVER_H_
#define OAUTH1D_SERVER_RPC_HAND_OVER_H_

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace oauth1d::rpc {

// gRPC begins to read on the thread that gives it the connection, and does not let go of it as long as there is more
// to read: a flood keeps it until it is ended, which the acceptor's own thread must be free for. So each connection is
// given by a thread that has nothing else to do, and a new one is begun when there is none.
class HandOver {
 public:
  // `give` takes the socket, on any of the threads.
  explicit HandOver(std::function<void(int socket)> give);
  HandOver(const HandOver&) = delete;
  HandOver& operator=(const HandOver&) = delete;
  // Closes what waits, and returns when gRPC has let go of every thread.
  ~HandOver();

  // Takes the socket. One thread only may call it.
  void Give(int socket);

 private:
  // More floods at once make others wait until the first of them are ended.
  static constexpr size_t kMostThreads = 64;

  void Run();
  void Begin();
  bool SomethingToDo() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return over_ || !waiting_.empty(); }

  const std::function<void(int socket)> give_;
  std::vector<std::thread> threads_;  // of the thread that calls Give
  absl::Mutex mutex_;
  std::deque<int> waiting_ ABSL_GUARDED_BY(mutex_);
  size_t idle_ ABSL_GUARDED_BY(mutex_) = 0;
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_HAND_OVER_H_
