// A value that one coroutine awaits and something else on the same loop supplies.
#ifndef OAUTH1D_SERVER_BASE_EVENT_H_
#define OAUTH1D_SERVER_BASE_EVENT_H_

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "server/base/deadline.h"
#include "server/base/environment.h"

namespace oauth1d {
namespace internal {

// A coroutine that stands still until Resume is called, or its cancellation arrives.
class ParkingSpot {
 public:
  ParkingSpot() = default;
  ParkingSpot(const ParkingSpot&) = delete;
  ParkingSpot& operator=(const ParkingSpot&) = delete;

  // At most one coroutine at a time.
  boost::asio::awaitable<void> Park() {
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(Initiation{this},
                                                                                     boost::asio::use_awaitable);
  }

  void Resume() {
    if (const std::unique_ptr<Parked> parked = std::move(parked_)) parked->Resume();
  }

 private:
  struct Parked {
    virtual ~Parked() = default;
    virtual void Resume() = 0;
  };

  template <typename Handler>
  struct ParkedHandler : Parked {
    explicit ParkedHandler(Handler handler)
        : handler(std::move(handler)), slot(boost::asio::get_associated_cancellation_slot(this->handler)) {}

    // Posted, never run inside the caller: whoever supplies the value goes on undisturbed.
    void Resume() override {
      if (slot.is_connected()) slot.clear();
      const auto loop = boost::asio::get_associated_executor(handler);
      boost::asio::post(loop, std::move(handler));
    }

    Handler handler;
    boost::asio::cancellation_slot slot;
  };

  struct Initiation {
    template <typename Handler>
    void operator()(Handler handler) {
      auto parked = std::make_unique<ParkedHandler<Handler>>(std::move(handler));
      if (parked->slot.is_connected()) {
        parked->slot.assign([spot = spot](boost::asio::cancellation_type) { spot->Resume(); });
      }
      spot->parked_ = std::move(parked);
    }

    ParkingSpot* spot;
  };

  std::unique_ptr<Parked> parked_;
};

}  // namespace internal

// Used on one loop; must outlive its waiter.
template <typename T>
class Event {
 public:
  // The first value counts. Wakes the waiter in a later turn of the loop.
  void Set(T value) {
    if (value_.has_value()) return;
    value_ = std::move(value);
    spot_.Resume();
  }

  // The value, once it is there; nothing if the deadline passes or the waiter is cancelled before. One waiter.
  boost::asio::awaitable<std::optional<T>> Wait(Environment& environment, Deadline deadline) {
    if (!value_.has_value()) {
      const boost::asio::any_io_executor loop = co_await boost::asio::this_coro::executor;
      const std::unique_ptr<Alarm> alarm = environment.NewAlarm(loop);
      alarm->Set(deadline.Remaining(environment), [this] { spot_.Resume(); });
      const bool cancelled = co_await Cancelled();
      if (!cancelled) co_await spot_.Park();
    }
    co_return std::move(value_);
  }

  // As above, for as long as it takes.
  boost::asio::awaitable<std::optional<T>> Wait() {
    // Not in one condition: g++ 12 miscompiles `a && !co_await b` before a co_await (SIGILL on resume).
    if (!value_.has_value()) {
      const bool cancelled = co_await Cancelled();
      if (!cancelled) co_await spot_.Park();
    }
    co_return std::move(value_);
  }

 private:
  // A cancellation is told once: a coroutine that goes on to wait after it would wait forever.
  static boost::asio::awaitable<bool> Cancelled() {
    const boost::asio::cancellation_state state = co_await boost::asio::this_coro::cancellation_state;
    co_return state.cancelled() != boost::asio::cancellation_type::none;
  }

  std::optional<T> value_;
  internal::ParkingSpot spot_;
};

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_BASE_EVENT_H_
