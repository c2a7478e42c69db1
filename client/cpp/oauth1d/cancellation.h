// Stops calls from another thread.
#ifndef OAUTH1D_CANCELLATION_H_
#define OAUTH1D_CANCELLATION_H_

#include <grpcpp/client_context.h>

#include <set>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace oauth1d {

// One button for any number of calls. Thread-safe; it must outlive the calls that it was given to.
class Cancellation {
 public:
  Cancellation() = default;
  Cancellation(const Cancellation&) = delete;
  Cancellation& operator=(const Cancellation&) = delete;

  // Every call that has this, now or later, ends with CANCELLED. The provider may have seen the request all the same:
  // see Failure::sent.
  void Cancel();
  bool cancelled() const;

  // Waits; true where it was cancelled meanwhile.
  bool WaitFor(absl::Duration pause) const;

  // Ties one call to a cancellation, which may be null, as long as this lives.
  class Tie {
   public:
    Tie(Cancellation* cancellation, grpc::ClientContext& context);
    ~Tie();
    Tie(const Tie&) = delete;
    Tie& operator=(const Tie&) = delete;

   private:
    Cancellation* const cancellation_;
    grpc::ClientContext& context_;
  };

 private:
  mutable absl::Mutex mutex_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  std::set<grpc::ClientContext*> calls_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oauth1d

#endif  // OAUTH1D_CANCELLATION_H_
