// The bridge from gRPC's callback API to a Task on an event loop, with cancellation.
#ifndef OAUTH1D_SERVER_RPC_COROUTINE_REACTOR_H_
#define OAUTH1D_SERVER_RPC_COROUTINE_REACTOR_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

#include "server/base/environment.h"
#include "server/base/spawn.h"
#include "server/rpc/connection.h"

namespace oauth1d::rpc {

// Runs one unary RPC as a Task. gRPC's threads only post: the Task, its completion and its cancellation all run on
// the loop, so nothing of them needs a lock. gRPC deletes the reactor through OnDone, which comes after Finish;
// Finish comes from the loop, once. What OnCancel posts may arrive after that, so it holds only `cancellation`.
class CoroutineReactor : public grpc::ServerUnaryReactor {
 public:
  // `response` is what the answer is written to.
  CoroutineReactor(boost::asio::io_context& loop, Environment& environment, grpc::CallbackServerContext& context,
                   std::shared_ptr<Connection> connection, const grpc::ByteBuffer& response)
      : loop_(loop),
        environment_(environment),
        context_(context),
        connection_(std::move(connection)),
        response_(response),
        cancellation_(std::make_shared<Cancellation>()) {}

  // `start()` gives the Task; `finish(result)` turns its result into the status for the caller, after it has written
  // the response.
  // `kept` stays until gRPC has nothing of the call any more: an answer that nobody takes is still there.
  template <typename Start, typename Finish>
  void Run(std::shared_ptr<void> kept, Start start, Finish finish) {
    kept_ = std::move(kept);
    boost::asio::post(loop_, [this, start = std::move(start), finish = std::move(finish)]() mutable {
      Spawn(
          loop_, std::move(start),
          [this, cancellation = cancellation_, finish = std::move(finish)](auto result) mutable {
            cancellation->over = true;
            const grpc::Status status = finish(std::move(result));
            answer_ = connection_->Answering(context_.c_call(), response_.Length(), environment_.Uptime());
            this->Finish(status);
          },
          cancellation_->signal.slot());
    });
  }

  void OnCancel() override {
    boost::asio::post(loop_, [cancellation = cancellation_] {
      if (!cancellation->over) cancellation->signal.emit(boost::asio::cancellation_type::terminal);
    });
  }

  void OnDone() override {
    if (answer_ != nullptr) answer_->Taken();
    connection_->CountDone();
    delete this;
  }

 private:
  struct Cancellation {
    boost::asio::cancellation_signal signal;
    bool over = false;
  };

  boost::asio::io_context& loop_;
  Environment& environment_;
  grpc::CallbackServerContext& context_;
  const std::shared_ptr<Connection> connection_;
  const grpc::ByteBuffer& response_;
  std::shared_ptr<UntakenAnswer> answer_;
  std::shared_ptr<void> kept_;
  std::shared_ptr<Cancellation> cancellation_;
};

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_COROUTINE_REACTOR_H_
