#include "server/base/sleep.h"

#include <boost/asio/this_coro.hpp>
#include <variant>

#include "server/base/deadline.h"
#include "server/base/event.h"

namespace oauth1d {

Task<> Sleep(Environment& environment, absl::Duration time) {
  Event<std::monostate> never;
  const Deadline deadline = Deadline::After(environment, time);
  co_await never.Wait(environment, deadline);
  const boost::asio::cancellation_state state = co_await boost::asio::this_coro::cancellation_state;
  if (state.cancelled() != boost::asio::cancellation_type::none) co_return absl::CancelledError("cancelled");
  co_return absl::OkStatus();
}

absl::Duration Jittered(Environment& environment, absl::Duration time) {
  const absl::StatusOr<std::string> bytes = environment.RandomBytes(1);
  const double part = bytes.ok() ? static_cast<unsigned char>((*bytes)[0]) / 256.0 : 0.5;
  return time * (0.5 + part / 2);
}

}  // namespace oauth1d
