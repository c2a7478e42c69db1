// An Environment whose time stands still until a test moves it, and whose randomness can be told beforehand.
#ifndef OAUTH1D_TESTS_SUPPORT_FAKE_ENVIRONMENT_H_
#define OAUTH1D_TESTS_SUPPORT_FAKE_ENVIRONMENT_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/base/environment.h"

namespace oauth1d {

class FakeAlarm;

// For one event loop, or none. Alarms ring when Advance passes their time, on their loop.
class FakeEnvironment : public Environment {
 public:
  FakeEnvironment();
  ~FakeEnvironment() override;

  absl::Time Now() override { return now_; }
  absl::Duration Uptime() override { return uptime_; }
  // Every call gives other bytes, the same in each run of the test.
  absl::StatusOr<std::string> RandomBytes(size_t size) override;
  std::unique_ptr<Alarm> NewAlarm(boost::asio::any_io_executor loop) override;

  void SetNow(absl::Time now) { now_ = now; }
  // Moves both clocks and posts the alarms that are due to their loops.
  void Advance(absl::Duration time);
  // From now on RandomBytes fails.
  void BreakRandomness() { randomness_works_ = false; }

  // How long each armed alarm has still to go, shortest first.
  std::vector<absl::Duration> ArmedAlarms() const;

 private:
  friend class FakeAlarm;

  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  absl::Duration uptime_ = absl::Hours(1);
  uint64_t draws_ = 0;
  bool randomness_works_ = true;
  std::vector<FakeAlarm*> alarms_;
};

}  // namespace oauth1d

#endif  // OAUTH1D_TESTS_SUPPORT_FAKE_ENVIRONMENT_H_
