#include "oauth1d/cancellation.h"

namespace oauth1d {

void Cancellation::Cancel() {
  const absl::MutexLock lock(&mutex_);
  cancelled_ = true;
  for (grpc::ClientContext* const call : calls_) call->TryCancel();
}

bool Cancellation::cancelled() const {
  const absl::MutexLock lock(&mutex_);
  return cancelled_;
}

bool Cancellation::WaitFor(absl::Duration pause) const {
  const absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(&cancelled_), pause);
}

Cancellation::Tie::Tie(Cancellation* cancellation, grpc::ClientContext& context)
    : cancellation_(cancellation), context_(context) {
  if (cancellation_ == nullptr) return;
  const absl::MutexLock lock(&cancellation_->mutex_);
  cancellation_->calls_.insert(&context_);
  if (cancellation_->cancelled_) context_.TryCancel();
}

Cancellation::Tie::~Tie() {
  if (cancellation_ == nullptr) return;
  const absl::MutexLock lock(&cancellation_->mutex_);
  cancellation_->calls_.erase(&context_);
}

}  // namespace oauth1d
