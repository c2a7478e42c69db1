#include "server/rpc/hand_over.h"

#include <unistd.h>

#include <system_error>
#include <utility>

namespace oauth1d::rpc {

HandOver::HandOver(std::function<void(int socket)> give) : give_(std::move(give)) { Begin(); }

HandOver::~HandOver() {
  {
    absl::MutexLock lock(&mutex_);
    over_ = true;
    for (const int socket : waiting_) close(socket);
    waiting_.clear();
  }
  for (std::thread& thread : threads_) thread.join();
}

void HandOver::Give(int socket) {
  bool nobody = false;
  {
    absl::MutexLock lock(&mutex_);
    waiting_.push_back(socket);
    nobody = idle_ < waiting_.size();
  }
  if (nobody && threads_.size() < kMostThreads) Begin();
}

void HandOver::Begin() {
  try {
    threads_.emplace_back([this] { Run(); });
  } catch (const std::system_error&) {
    // No more threads for this process: those that are there take the connection later.
  }
}

void HandOver::Run() {
  for (;;) {
    int socket = -1;
    {
      absl::MutexLock lock(&mutex_);
      ++idle_;
      mutex_.Await(absl::Condition(this, &HandOver::SomethingToDo));
      --idle_;
      if (over_) return;
      socket = waiting_.front();
      waiting_.pop_front();
    }
    give_(socket);
  }
}

}  // namespace oauth1d::rpc
