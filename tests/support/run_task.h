// Runs a Task to its end on a test's own event loop.
#ifndef OAUTH1D_TESTS_SUPPORT_RUN_TASK_H_
#define OAUTH1D_TESTS_SUPPORT_RUN_TASK_H_

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "server/base/spawn.h"

namespace oauth1d {

// A Task that was started: its result once it has ended, and the way to cancel it.
template <typename Result>
struct Running {
  std::optional<Result> result;
  boost::asio::cancellation_signal cancellation;

  bool done() const { return result.has_value(); }
};

// Starts `start()` on the loop; nothing runs before the loop does.
template <typename Start>
auto StartTask(boost::asio::io_context& loop, Start start) {
  using Result = internal::ResultOf<Start>;
  auto running = std::make_shared<Running<Result>>();
  Spawn(
      loop, std::move(start), [running](Result result) { running->result = std::move(result); },
      running->cancellation.slot());
  return running;
}

// Cancels the task in the loop's next turn. Never emit outside of the loop: Asio 1.81 then posts a pointer to a signal
// that goes with the task.
template <typename Result>
void CancelTask(boost::asio::io_context& loop, const std::shared_ptr<Running<Result>>& running) {
  boost::asio::post(loop, [running] { running->cancellation.emit(boost::asio::cancellation_type::terminal); });
}

// Runs the loop until `done()` is true, for at most `most` of real time. False: it never was.
template <typename Done>
bool RunUntil(boost::asio::io_context& loop, Done done, std::chrono::milliseconds most = std::chrono::seconds(30)) {
  const auto end = std::chrono::steady_clock::now() + most;
  while (!done() && std::chrono::steady_clock::now() < end) {
    loop.restart();
    loop.run_one_for(std::chrono::milliseconds(10));
  }
  return done();
}

// Runs every handler that is ready now, and those that they make ready.
inline void RunReady(boost::asio::io_context& loop) {
  loop.restart();
  loop.poll();
}

// Runs `start()` to its end and gives its result.
template <typename Start>
auto RunTask(boost::asio::io_context& loop, Start start) {
  const auto running = StartTask(loop, std::move(start));
  if (!RunUntil(loop, [&] { return running->done(); })) ADD_FAILURE() << "the task did not end";
  return running->done() ? *std::move(running->result)
                         : internal::ResultOf<Start>(absl::InternalError("the task did not end"));
}

}  // namespace oauth1d

#endif  // OAUTH1D_TESTS_SUPPORT_RUN_TASK_H_
