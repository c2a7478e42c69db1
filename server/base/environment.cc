#include "server/base/environment.h"

#include <openssl/rand.h>

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/time/clock.h"
#include "server/base/status_macros.h"

namespace oauth1d {
namespace {

class SteadyAlarm : public Alarm {
 public:
  explicit SteadyAlarm(boost::asio::any_io_executor loop) : timer_(std::move(loop)) {}

  void Set(absl::Duration after, std::function<void()> ring) override {
    timer_.expires_after(absl::ToChronoNanoseconds(std::max(after, absl::ZeroDuration())));
    // A timer that fired while it was cancelled still calls with success: the generation tells them apart.
    timer_.async_wait([generation = ++*generation_, current = generation_,
                       ring = std::move(ring)](const boost::system::error_code& error) {
      if (!error && generation == *current) ring();
    });
  }

  void Cancel() override {
    ++*generation_;
    timer_.cancel();
  }

  ~SteadyAlarm() override { ++*generation_; }

 private:
  boost::asio::steady_timer timer_;
  std::shared_ptr<int> generation_ = std::make_shared<int>(0);
};

class ProcessEnvironment : public Environment {
 public:
  absl::Time Now() override { return absl::Now(); }

  absl::Duration Uptime() override { return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch()); }

  absl::StatusOr<std::string> RandomBytes(size_t size) override {
    std::string bytes(size, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size)) != 1) {
      return absl::InternalError("the random generator failed");
    }
    return bytes;
  }

  std::unique_ptr<Alarm> NewAlarm(boost::asio::any_io_executor loop) override {
    return std::make_unique<SteadyAlarm>(std::move(loop));
  }
};

}  // namespace

Environment& RealEnvironment() {
  static ProcessEnvironment* const environment = new ProcessEnvironment;
  return *environment;
}

absl::StatusOr<std::string> RandomText(Environment& environment, size_t size) {
  ASSIGN_OR_RETURN(const std::string bytes, environment.RandomBytes(size));
  return absl::WebSafeBase64Escape(bytes);
}

}  // namespace oauth1d
