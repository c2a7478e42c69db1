// Whether the awaiting coroutine was told to stop.
#ifndef OAUTH1D_SERVER_EGRESS_CANCELLED_H_
#define OAUTH1D_SERVER_EGRESS_CANCELLED_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

namespace oauth1d::egress {

// A cancellation is told once, to the operation of that moment: ask before each further wait.
inline boost::asio::awaitable<bool> Cancelled() {
  const boost::asio::cancellation_state state = co_await boost::asio::this_coro::cancellation_state;
  co_return state.cancelled() != boost::asio::cancellation_type::none;
}

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_CANCELLED_H_
