// Task<T>: a coroutine on an event loop that ends in an absl::StatusOr<T>; Task<> ends in an absl::Status.
//
// No exception crosses a Task. Cancellation arrives through Asio's slots: an awaited operation then ends
// early, and the coroutine decides what to do about it, so a Task is only ever left through its own
// co_return. Parameters are taken by value: a reference may die before the first resumption.
//
// g++ 12 frees temporaries of aggregates, std::array, ternaries and capturing lambdas twice when they stand
// inside a co_await expression: give the value a name on a line of its own, then move it in.
#ifndef OAUTH1D_SERVER_BASE_TASK_H_
#define OAUTH1D_SERVER_BASE_TASK_H_

#include <boost/asio/awaitable.hpp>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/status_macros.h"

namespace oauth1d {

template <typename T = void>
using Task = boost::asio::awaitable<
    std::conditional_t<std::is_void_v<T>, absl::Status, absl::StatusOr<std::conditional_t<std::is_void_v<T>, int, T>>>>;

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_BASE_TASK_H_
