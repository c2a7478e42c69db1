// The bridge from a bidirectional gRPC stream to a Task on an event loop, with cancellation.
#ifndef OAUTH1D_SERVER_RPC_STREAM_REACTOR_H_
#define OAUTH1D_SERVER_RPC_STREAM_REACTOR_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "server/base/deadline.h"
#include "server/base/environment.h"
#include "server/base/event.h"
#include "server/base/sleep.h"
#include "server/base/spawn.h"
#include "server/base/task.h"
#include "server/rpc/connection.h"

namespace oauth1d::rpc {

// Runs one stream as a Task. gRPC's threads only post: the Task, its completion and its cancellation all run on the
// loop. Finish comes from the loop, once, and no read or write is begun after it; gRPC deletes the reactor through
// OnDone, once it has also told the end of those that were under way. What is posted may arrive after that, so it holds
// only `shared_`.
class StreamReactor : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  StreamReactor(boost::asio::io_context& loop, Environment& environment, const grpc::CallbackServerContext& context,
                std::shared_ptr<Connection> connection)
      : loop_(loop), environment_(environment), context_(context), connection_(std::move(connection)) {}

  // `start()` gives the Task; `finish(status)` turns its end into the status for the caller.
  template <typename Start, typename End>
  void Run(Start start, End end) {
    boost::asio::post(loop_, [this, start = std::move(start), end = std::move(end)]() mutable {
      Spawn(
          loop_, std::move(start),
          [this, shared = shared_, end = std::move(end)](absl::Status status) mutable {
            shared->over = true;
            // Behind a message that the caller does not take, the status would wait as long as he likes.
            if (shared->stuck) context_.TryCancel();
            this->Finish(end(std::move(status)));
          },
          shared_->cancellation.slot());
    });
  }

  // For the Task, on the loop. The next message; nothing once the caller has ended its side. One at a time.
  // Errors: kDeadlineExceeded: none came within `patience`; no other read may follow. kCancelled.
  Task<std::optional<grpc::ByteBuffer>> Read(absl::Duration patience) {
    const auto told = std::make_shared<Event<bool>>();
    shared_->read = told;
    StartRead(&incoming_);
    const Deadline deadline = Deadline::After(environment_, patience);
    const std::optional<bool> ok = co_await told->Wait(environment_, deadline);
    if (!ok.has_value()) co_return NotTold(deadline, "the caller sent nothing for too long");
    // A call that was cancelled ends its reads in the same way as one whose other side is done, and gRPC may tell of
    // the read first.
    for (int looks = 0; !*ok && !context_.IsCancelled() && looks < kLooks; ++looks) {
      CO_RETURN_IF_ERROR(co_await Sleep(environment_, kLookEvery));
    }
    if (!*ok && context_.IsCancelled()) co_return absl::CancelledError("the caller is gone");
    if (!*ok) co_return std::nullopt;
    co_return std::move(incoming_);
  }

  // For the Task, on the loop. Returns when gRPC's flow control lets the message go. One at a time.
  // Errors: kDeadlineExceeded: the caller did not take it within `patience`. kCancelled: the caller is gone.
  Task<> Write(grpc::ByteBuffer message, absl::Duration patience) {
    const auto told = std::make_shared<Event<bool>>();
    shared_->written = told;
    outgoing_.Swap(&message);
    StartWrite(&outgoing_);
    const Deadline deadline = Deadline::After(environment_, patience);
    const std::optional<bool> ok = co_await told->Wait(environment_, deadline);
    shared_->stuck = !ok.has_value();
    if (!ok.has_value()) co_return NotTold(deadline, "the caller took nothing for too long");
    if (!*ok) co_return absl::CancelledError("the caller is gone");
    co_return absl::OkStatus();
  }

  void OnReadDone(bool ok) override {
    boost::asio::post(loop_, [shared = shared_, ok] { shared->read->Set(ok); });
  }
  void OnWriteDone(bool ok) override {
    boost::asio::post(loop_, [shared = shared_, ok] { shared->written->Set(ok); });
  }
  void OnCancel() override {
    boost::asio::post(loop_, [shared = shared_] {
      if (!shared->over) shared->cancellation.emit(boost::asio::cancellation_type::terminal);
    });
  }
  void OnDone() override {
    connection_->CountDone();
    delete this;
  }

 private:
  struct Shared {
    boost::asio::cancellation_signal cancellation;
    std::shared_ptr<Event<bool>> read;
    std::shared_ptr<Event<bool>> written;
    bool over = false;
    bool stuck = false;  // a message waits that the caller did not take in time
  };

  static constexpr absl::Duration kLookEvery = absl::Milliseconds(25);
  static constexpr int kLooks = 10;

  // Why gRPC's word was not waited for.
  absl::Status NotTold(Deadline deadline, absl::string_view late) {
    return deadline.Passed(environment_) ? absl::DeadlineExceededError(late) : absl::CancelledError("cancelled");
  }

  boost::asio::io_context& loop_;
  Environment& environment_;
  const grpc::CallbackServerContext& context_;
  const std::shared_ptr<Connection> connection_;
  grpc::ByteBuffer incoming_;
  grpc::ByteBuffer outgoing_;
  const std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_STREAM_REACTOR_H_
