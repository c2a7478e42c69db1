// Two Tasks that run at the same time for one coroutine.
#ifndef OAUTH1D_SERVER_EGRESS_SIDE_BY_SIDE_H_
#define OAUTH1D_SERVER_EGRESS_SIDE_BY_SIDE_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <utility>

#include "server/base/event.h"
#include "server/base/spawn.h"
#include "server/egress/cancelled.h"

namespace oauth1d::egress {

// Used on one loop, by the coroutine that runs there.
class SideBySide {
 public:
  explicit SideBySide(boost::asio::io_context& loop) : loop_(loop) {}
  SideBySide(const SideBySide&) = delete;
  SideBySide& operator=(const SideBySide&) = delete;

  // Returns when both have ended. `first` and `second` give Task<>s. `on_cancel` is called once if the caller is
  // cancelled; it is left to it to stop them.
  template <typename First, typename Second, typename OnCancel>
  boost::asio::awaitable<void> Run(First first, Second second, OnCancel on_cancel) {
    auto sides = std::make_shared<Sides>();
    sides_ = sides.get();
    Start(std::move(first), 0, sides);
    Start(std::move(second), 1, sides);
    // From here on only the two hold it, and through it this coroutine: if the loop dies with them, so does everything.
    sides.reset();
    bool told = false;
    while (running_[0] || running_[1]) {
      const bool cancelled = co_await Cancelled();
      if (cancelled && !told) {
        told = true;
        on_cancel();
      }
      // Both may have ended on the spot.
      if (running_[0] || running_[1]) co_await sides_->ended.Park();
    }
  }

  // Cancels it, if it runs; if it does not yet, it never will. On the loop.
  void StopFirst() { Stop(0); }
  void StopSecond() { Stop(1); }

 private:
  struct Sides {
    boost::asio::cancellation_signal stop[2];
    internal::ParkingSpot ended;
  };

  template <typename Side>
  void Start(Side side, int which, const std::shared_ptr<Sides>& sides) {
    if (stopped_[which]) return;
    running_[which] = true;
    Spawn(
        loop_, std::move(side),
        [this, which, sides](const absl::Status&) {
          running_[which] = false;
          if (!running_[0] && !running_[1]) sides->ended.Resume();
        },
        sides->stop[which].slot());
  }

  void Stop(int which) {
    stopped_[which] = true;  // the first may stop the second before it starts
    if (running_[which]) sides_->stop[which].emit(boost::asio::cancellation_type::terminal);
  }

  boost::asio::io_context& loop_;
  Sides* sides_ = nullptr;  // alive while one of them runs
  bool running_[2] = {};
  bool stopped_[2] = {};
};

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_SIDE_BY_SIDE_H_
