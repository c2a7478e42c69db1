// The environment variables of this process that hold secrets.
#ifndef OAUTH1D_SERVER_CONFIG_PROCESS_VARIABLES_H_
#define OAUTH1D_SERVER_CONFIG_PROCESS_VARIABLES_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/secret.h"

namespace oauth1d::config {

// A variable is read once; then its value is overwritten with zero bytes where the kernel put it, so that
// /proc/PID/environ, and the environment of programs that are started, hold its name alone. Later loads get what was
// read. One object for the life of the process: another one would find empty values. Thread-safe, but for other code
// that uses the same variables meanwhile.
class ProcessVariables {
 public:
  ProcessVariables() = default;
  ProcessVariables(const ProcessVariables&) = delete;
  ProcessVariables& operator=(const ProcessVariables&) = delete;

  // Nothing where it is not set.
  std::optional<Secret> Read(const std::string& name);

 private:
  absl::Mutex mutex_;
  std::map<std::string, Secret> read_ ABSL_GUARDED_BY(mutex_);
};

// The environment of this process, NAME=value each, without the variables that have these names.
std::vector<std::string> EnvironmentWithout(const std::set<std::string>& names);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_PROCESS_VARIABLES_H_
