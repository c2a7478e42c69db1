#include "server/flow/rsa_thread.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "server/base/event.h"
#include "server/base/failure.h"

namespace oauth1d::flow {
namespace {

constexpr size_t kMostWaiting = 256;

}  // namespace

RsaThread::~RsaThread() { Stop(); }

Task<std::string> RsaThread::Sign(oauth1::SigningKey key, std::string base_string) {
  using Answer = absl::StatusOr<std::string>;
  const boost::asio::any_io_executor loop = co_await boost::asio::this_coro::executor;
  // Shared with the thread: the caller may leave before the signature is there.
  const auto event = std::make_shared<Event<Answer>>();
  const auto signing = std::make_shared<oauth1::SigningKey>(std::move(key));
  std::function<void()> job = [loop, event, signing, base_string = std::move(base_string)] {
    std::string signature;
    const absl::Status status = signing->Sign(base_string, signature);
    Answer answer = status.ok() ? Answer(std::move(signature)) : Answer(status);
    boost::asio::post(loop, [event, answer = std::move(answer)] { event->Set(answer); });
  };
  {
    const absl::MutexLock lock(&mutex_);
    if (stopping_) co_return absl::CancelledError("shutting down");
    if (work_.size() >= kMostWaiting) {
      co_return WithRetryAfter(Fail(Reason::kOverloaded, "too many RSA signatures wait; call again in a moment"),
                               absl::Seconds(1));
    }
    work_.push_back(std::move(job));
    if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
  }
  std::optional<Answer> answer = co_await event->Wait();
  if (!answer.has_value()) co_return absl::CancelledError("cancelled");
  co_return *std::move(answer);
}

void RsaThread::Run() {
  for (;;) {
    std::function<void()> job;
    {
      const absl::MutexLock lock(&mutex_);
      const auto ready = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return stopping_ || !work_.empty(); };
      mutex_.Await(absl::Condition(&ready));
      if (stopping_) return;
      job = std::move(work_.front());
      work_.pop_front();
    }
    job();
  }
}

void RsaThread::Stop() {
  std::thread thread;
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
    work_.clear();
    thread = std::move(thread_);
  }
  if (thread.joinable()) thread.join();
}

}  // namespace oauth1d::flow
