// Loads the configuration anew when one of its files has changed, or when it is told to; and each half minute as long
// as the last one was refused.
#ifndef OAUTH1D_SERVER_CONFIGURATION_WATCH_H_
#define OAUTH1D_SERVER_CONFIGURATION_WATCH_H_

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/config/loader.h"

namespace oauth1d {

// Has a thread of its own: loading reads files and may run programs.
class ConfigurationWatch {
 public:
  // What was loaded, with its mistakes if there are any; from the watch's thread.
  using Told = std::function<void(config::Loaded loaded)>;

  // `files`: what the configuration in force was read from (Loaded::files); `load` reads all of it again.
  ConfigurationWatch(std::vector<config::SeenFile> files, std::function<config::Loaded()> load, Told told);
  ConfigurationWatch(const ConfigurationWatch&) = delete;
  ConfigurationWatch& operator=(const ConfigurationWatch&) = delete;
  // Waits for a load that is under way.
  ~ConfigurationWatch();

  // Loads though nothing has changed. Thread-safe.
  void LoadNow();

 private:
  void Run(std::vector<config::SeenFile> files);

  const std::function<config::Loaded()> load_;
  const Told told_;
  absl::Mutex mutex_;
  bool wanted_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_CONFIGURATION_WATCH_H_
