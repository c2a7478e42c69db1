// The bridge from gRPC's callback API to a Task on an event loop, with cancellation.
#ifndef OAUTH1D_SERVER_RPC_COROUTINE_REACTOR_H_
#define OAUTH1D_SERVER_RPC_COROUTINE_REACTOR_H_

#include <grpcpp/support/server_callback.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

#include "server/base/spawn.h"

namespace oauth1d::rpc {

// Runs one unary RPC as a Task. gRPC's threads only post: the Task, its completion and its cancellation all run on
// the loop, so nothing of them needs a lock. gRPC deletes the reactor through OnDone, which comes after Finish;
// Finish comes from the loop, once. What OnCancel posts may arrive after that, so it holds only `cancellation`.
class CoroutineReactor : public grpc::ServerUnaryReactor {
 public:
  explicit CoroutineReactor(boost::asio::io_context& loop)
      : loop_(loop), cancellation_(std::make_shared<Cancellation>()) {}

  // `start()` gives the Task; `finish(result)` turns its result into the status for the caller, after it has written
  // the response.
  template <typename Start, typename Finish>
  void Run(Start start, Finish finish) {
    boost::asio::post(loop_, [this, start = std::move(start), finish = std::move(finish)]() mutable {
      Spawn(
          loop_, std::move(start),
          [this, cancellation = cancellation_, finish = std::move(finish)](auto result) mutable {
            cancellation->over = true;
            this->Finish(finish(std::move(result)));
          },
          cancellation_->signal.slot());
    });
  }

  void OnCancel() override {
    boost::asio::post(loop_, [cancellation = cancellation_] {
      if (!cancellation->over) cancellation->signal.emit(boost::asio::cancellation_type::terminal);
    });
  }

  void OnDone() override { delete this; }

 private:
  struct Cancellation {
    boost::asio::cancellation_signal signal;
    bool over = false;
  };

  boost::asio::io_context& loop_;
  std::shared_ptr<Cancellation> cancellation_;
};

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_COROUTINE_REACTOR_H_
