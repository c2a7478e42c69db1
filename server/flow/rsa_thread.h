// RSA signatures, away from the event loops: one takes 260 microseconds at 2048 bits, ten times what a whole request
// takes otherwise.
#ifndef OAUTH1D_SERVER_FLOW_RSA_THREAD_H_
#define OAUTH1D_SERVER_FLOW_RSA_THREAD_H_

#include <deque>
#include <functional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/task.h"
#include "server/oauth1/signature.h"

namespace oauth1d::flow {

// One thread for all loops. Thread-safe. Stop it before a loop that waits for it is destroyed.
class RsaThread {
 public:
  RsaThread() = default;
  RsaThread(const RsaThread&) = delete;
  RsaThread& operator=(const RsaThread&) = delete;
  ~RsaThread();

  // oauth_signature before percent-encoding. A caller that is cancelled is not waited for.
  // Errors: OVERLOADED: 256 others wait already, which is more than 60 ms of work. kInternal; kCancelled.
  Task<std::string> Sign(oauth1::SigningKey key, std::string base_string);

  // Ends the thread; what waits is dropped, and its callers end as cancelled once their loop lets them go.
  void Stop();

 private:
  void Run();

  absl::Mutex mutex_;
  std::deque<std::function<void()>> work_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_ ABSL_GUARDED_BY(mutex_);  // started by the first signature
};

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_RSA_THREAD_H_
