// Starts a Task on an event loop.
#ifndef OAUTH1D_SERVER_BASE_SPAWN_H_
#define OAUTH1D_SERVER_BASE_SPAWN_H_

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "server/base/task.h"

namespace oauth1d {
namespace internal {

// An exception here is a fault of ours (or of memory): say so instead of unwinding through Asio's loop.
template <typename Result>
Result FromException(std::exception_ptr error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return Result(absl::InternalError(e.what()));
  } catch (...) {
    return Result(absl::InternalError("unknown exception"));
  }
}

template <typename Result, typename Start>
boost::asio::awaitable<Result> Cancellable(Start start) {
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_total_cancellation());
  co_return co_await start();
}

template <typename Start>
using ResultOf = typename std::invoke_result_t<Start>::value_type;

}  // namespace internal

// Runs `start()`, a callable that returns a Task, on `loop`, and calls `done` there with its result. The
// callable is kept until then, so its captures outlive the coroutine. A cancellation emitted through `slot`
// (on the loop) ends the operation that the Task awaits.
template <typename Start, typename Done>
void Spawn(boost::asio::io_context& loop, Start start, Done done,
           boost::asio::cancellation_slot slot = boost::asio::cancellation_slot()) {
  using Result = internal::ResultOf<Start>;
  boost::asio::co_spawn(
      loop, [start = std::move(start)]() mutable { return internal::Cancellable<Result>(std::ref(start)); },
      boost::asio::bind_cancellation_slot(slot,
                                          [done = std::move(done)](std::exception_ptr error, Result result) mutable {
                                            done(error ? internal::FromException<Result>(error) : std::move(result));
                                          }));
}

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_BASE_SPAWN_H_
