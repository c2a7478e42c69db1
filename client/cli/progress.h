// How far a long transfer is, on a terminal.
#ifndef OAUTH1D_CLIENT_CLI_PROGRESS_H_
#define OAUTH1D_CLIENT_CLI_PROGRESS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace oauth1d::cli {

// One line of at most `columns`: what moves, a bar where the whole is known, bytes, rate, and the time that is left.
std::string ProgressText(absl::string_view what, uint64_t done, std::optional<uint64_t> whole, absl::Duration elapsed,
                         size_t columns);

// Draws on stderr, if that is a terminal, from a second after the start, a few times a second. Thread-safe.
class Progress {
 public:
  Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  // Clears its line.
  ~Progress();

  void WillUpload(std::optional<uint64_t> bytes);
  void WillDownload(std::optional<uint64_t> bytes);
  void Uploaded(uint64_t bytes);
  void Downloaded(uint64_t bytes);

 private:
  struct Way {
    uint64_t done = 0;
    std::optional<uint64_t> whole;
    absl::Duration begun;  // on Environment::Uptime
  };

  void Begin(Way& way, std::optional<uint64_t> bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Move(absl::string_view what, Way& way, uint64_t bytes) ABSL_LOCKS_EXCLUDED(mutex_);

  const bool shown_;
  const absl::Duration start_;
  absl::Mutex mutex_;
  Way up_ ABSL_GUARDED_BY(mutex_);
  Way down_ ABSL_GUARDED_BY(mutex_);
  absl::Duration drawn_ ABSL_GUARDED_BY(mutex_);
  bool dirty_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_PROGRESS_H_
