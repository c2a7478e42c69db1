#include "server/configuration_watch.h"

#include <utility>

#include "server/config/file_watch.h"

namespace oauth1d {
namespace {

// A look costs a stat() for each file. Kubernetes takes a minute to bring a change to the files at all.
constexpr absl::Duration kLookEvery = absl::Milliseconds(250);
// What was refused may have been for a passing reason: a program that failed once, a file that was not there yet.
constexpr int kLooksBeforeAnotherTry = 120;  // half a minute

}  // namespace

ConfigurationWatch::ConfigurationWatch(std::vector<config::SeenFile> files, std::function<config::Loaded()> load,
                                       Told told)
    : load_(std::move(load)),
      told_(std::move(told)),
      thread_([this, files = std::move(files)]() mutable { Run(std::move(files)); }) {}

ConfigurationWatch::~ConfigurationWatch() {
  {
    const absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  thread_.join();
}

void ConfigurationWatch::LoadNow() {
  const absl::MutexLock lock(&mutex_);
  wanted_ = true;
}

void ConfigurationWatch::Run(std::vector<config::SeenFile> files) {
  config::FileWatch watch(std::move(files));
  bool refused = false;
  for (int looks = 1;; ++looks) {
    bool wanted = false;
    {
      const absl::MutexLock lock(&mutex_);
      mutex_.AwaitWithTimeout(absl::Condition(
                                  +[](ConfigurationWatch* self) ABSL_EXCLUSIVE_LOCKS_REQUIRED(self->mutex_) {
                                    return self->wanted_ || self->stopped_;
                                  },
                                  this),
                              kLookEvery);
      if (stopped_) return;
      wanted = std::exchange(wanted_, false);
    }
    const bool once_more = refused && looks % kLooksBeforeAnotherTry == 0;
    if (!watch.Changed() && !wanted && !once_more) continue;
    config::Loaded loaded = load_();
    refused = loaded.snapshot == nullptr;
    watch = config::FileWatch(loaded.files);
    told_(std::move(loaded));
  }
}

}  // namespace oauth1d
