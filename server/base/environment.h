// Time and randomness, as the service sees them. Everything that waits, stamps or draws gets an Environment,
// so that a test which sets both knows the whole Authorization header and every armed timer.
#ifndef OAUTH1D_SERVER_BASE_ENVIRONMENT_H_
#define OAUTH1D_SERVER_BASE_ENVIRONMENT_H_

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace oauth1d {

// A one-shot timer on an event loop. Used on that loop only. Destroying it cancels it.
class Alarm {
 public:
  virtual ~Alarm() = default;
  // Calls `ring` on the loop once `after` has passed, unless it is set again or cancelled before.
  virtual void Set(absl::Duration after, std::function<void()> ring) = 0;
  virtual void Cancel() = 0;
};

class Environment {
 public:
  virtual ~Environment() = default;
  // The wall clock, for oauth_timestamp, log lines and times told to callers. It may jump: never wait by it.
  virtual absl::Time Now() = 0;
  // Time since some moment in the past, never going back. Deadlines are told by it.
  virtual absl::Duration Uptime() = 0;
  // `size` bytes from the cryptographic generator. kInternal if it fails: never a weak value.
  virtual absl::StatusOr<std::string> RandomBytes(size_t size) = 0;
  // Never null.
  virtual std::unique_ptr<Alarm> NewAlarm(boost::asio::any_io_executor loop) = 0;
};

// The real one. Thread-safe; lives as long as the process.
Environment& RealEnvironment();

// `size` random bytes in base64url. kInternal as RandomBytes.
absl::StatusOr<std::string> RandomText(Environment& environment, size_t size);

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_BASE_ENVIRONMENT_H_
