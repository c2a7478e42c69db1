#include "server/ops/line_writer.h"

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "server/ops/drop_notice.h"

namespace oauth1d::ops {
namespace {

constexpr absl::Duration kPatience = absl::Milliseconds(200);
constexpr std::chrono::seconds kBetweenTries(1);
constexpr absl::Duration kBetweenWarnings = absl::Seconds(10);
constexpr absl::Duration kLongestStop = absl::Seconds(1);

// What was begun and must be finished first.
struct Rest {
  std::string text;
  UntoldDrops untold{};            // that it tells of
  std::optional<LineSource> line;  // a line that counts as neither written nor dropped yet
};

void RefuseAll(const std::vector<LineWritten>& waiting) {
  for (const LineWritten& written : waiting) written(false);
}

}  // namespace

class LineWriter::Thread {
 public:
  Thread(std::unique_ptr<Sink> sink, Failing failing) : failing_(std::move(failing)), sink_(std::move(sink)) {}

  void Write(LineSource source, std::string line, LineWritten written);
  void Replace(std::unique_ptr<Sink> sink);
  uint64_t dropped(LineSource source) const;
  bool Flush(absl::Duration longest);
  bool Stop();
  void Run();

 private:
  bool IsSettled() const { return ended_ || (queues_.IsEmpty() && !busy_); }
  // Waits until there is something to do. False: the end.
  bool AwaitWork(std::unique_lock<std::mutex>& lock, bool failed);
  void TakeNewSink();

  // These are called by the thread, without the mutex; errors are of errno, EAGAIN: nothing was taken for 200 ms.
  int Deliver(std::optional<QueuedLine> line);
  int DeliverRestAndNotice();
  void SitOut();

  void Warn(absl::string_view why);

  const Failing failing_;
  // Not Abseil's: Debian's is not built for ThreadSanitizer, which then sees races everywhere.
  mutable std::mutex mutex_;
  std::condition_variable changed_;  // there is something to do
  std::condition_variable done_;     // settled, or ended
  // Under the mutex, until said otherwise.
  LineQueues queues_;
  std::unique_ptr<Sink> new_sink_;
  bool busy_ = false;   // a line, or the rest of one, is in the thread's hands
  bool stuck_ = false;  // the sink takes nothing
  bool stopping_ = false;
  bool ended_ = false;
  absl::Time end_;
  absl::Time last_warning_ = absl::InfinitePast();
  // Of the thread alone.
  std::unique_ptr<Sink> sink_;
  Rest rest_;
};

void LineWriter::Thread::Write(LineSource source, std::string line, LineWritten written) {
  line.push_back('\n');
  std::vector<LineWritten> refused;
  bool was_full = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (written != nullptr && (stuck_ || ended_)) {
      refused.push_back(std::move(written));
    } else if (ended_) {
      queues_.CountDrop(source);
    } else {
      refused = queues_.Push(source, std::move(line), std::move(written), was_full);
      changed_.notify_one();
    }
  }
  RefuseAll(refused);
  if (was_full) Warn("lines come faster than they can be written");
}

void LineWriter::Thread::Replace(std::unique_ptr<Sink> sink) {
  const std::lock_guard<std::mutex> lock(mutex_);
  new_sink_ = std::move(sink);
  changed_.notify_one();
}

uint64_t LineWriter::Thread::dropped(LineSource source) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return queues_.dropped(source);
}

bool LineWriter::Thread::Flush(absl::Duration longest) {
  std::unique_lock<std::mutex> lock(mutex_);
  return done_.wait_for(lock, absl::ToChronoNanoseconds(longest), [this] { return IsSettled(); });
}

bool LineWriter::Thread::Stop() {
  std::unique_lock<std::mutex> lock(mutex_);
  if (!stopping_) end_ = absl::Now() + kLongestStop;
  stopping_ = true;
  changed_.notify_one();
  const absl::Duration longest = end_ + 2 * kPatience - absl::Now();
  return done_.wait_for(lock, absl::ToChronoNanoseconds(longest), [this] { return ended_; });
}

void LineWriter::Thread::Run() {
  bool failed = false;
  while (true) {
    std::optional<QueuedLine> line;
    bool stuck = false;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      if (!AwaitWork(lock, failed)) break;
      stuck = stuck_;
      if (!stuck) line = queues_.Pop();
    }
    if (stuck) {
      SitOut();
    } else {
      failed = Deliver(std::move(line)) != 0;
    }
  }
  std::vector<LineWritten> refused;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    refused = queues_.DropAll();
  }
  RefuseAll(refused);
  const std::lock_guard<std::mutex> lock(mutex_);
  ended_ = true;
  done_.notify_all();
}

bool LineWriter::Thread::AwaitWork(std::unique_lock<std::mutex>& lock, bool failed) {
  busy_ = !rest_.text.empty();
  if (IsSettled()) done_.notify_all();
  while (queues_.IsEmpty() && new_sink_ == nullptr && !stopping_ && !stuck_) {
    if (!queues_.HasUntold() && !busy_) {
      changed_.wait(lock);
    } else if (changed_.wait_for(lock, kBetweenTries) == std::cv_status::timeout) {
      break;
    }
  }
  TakeNewSink();
  if (stopping_) {
    const bool done = queues_.IsEmpty() && !queues_.HasUntold() && rest_.text.empty();
    if (done || absl::Now() >= end_ || (failed && queues_.IsEmpty() && !stuck_)) return false;
  }
  busy_ = true;
  return true;
}

void LineWriter::Thread::TakeNewSink() {
  if (new_sink_ == nullptr) return;
  sink_ = std::move(new_sink_);
  stuck_ = false;
  queues_.GiveBackUntold(rest_.untold);
  if (rest_.line.has_value()) queues_.CountDrop(*rest_.line);
  rest_ = Rest();
}

int LineWriter::Thread::Deliver(std::optional<QueuedLine> line) {
  int error = DeliverRestAndNotice();
  if (line.has_value()) {
    const size_t whole = line->text.size();
    if (error == 0) error = sink_->PutAll(line->text, kPatience);
    const bool begun = line->text.size() < whole;
    if (error != 0 && begun) {
      rest_.text = std::move(line->text);
      if (line->written == nullptr) rest_.line = line->source;
    }
    if (line->written != nullptr) {
      line->written(error == 0);
    } else if (error != 0 && !begun) {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (error == EAGAIN) {
        queues_.PushBack(*std::move(line));
      } else {
        queues_.CountDrop(line->source);
      }
    }
  }
  if (error == EAGAIN) {
    std::vector<LineWritten> refused;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stuck_ = true;
      refused = queues_.RefuseAwaited();
    }
    RefuseAll(refused);
    Warn("whoever reads it has stopped");
  } else if (error != 0) {
    Warn(std::generic_category().message(error));
  }
  return error;
}

int LineWriter::Thread::DeliverRestAndNotice() {
  if (const int error = sink_->PutAll(rest_.text, kPatience); error != 0) return error;
  rest_ = Rest();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!queues_.HasUntold()) return 0;
    rest_.untold = queues_.TakeUntold();
  }
  rest_.text = DropNotice(rest_.untold);
  const size_t whole = rest_.text.size();
  const int error = sink_->PutAll(rest_.text, kPatience);
  if (rest_.text.size() == whole) {
    const std::lock_guard<std::mutex> lock(mutex_);
    queues_.GiveBackUntold(rest_.untold);
    rest_ = Rest();
  }
  if (error == 0) rest_ = Rest();
  return error;
}

void LineWriter::Thread::SitOut() {
  const bool room = sink_->AwaitRoom(kPatience / 4);
  const std::lock_guard<std::mutex> lock(mutex_);
  if (room) stuck_ = false;
}

void LineWriter::Thread::Warn(absl::string_view why) {
  if (failing_ == nullptr) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const absl::Time now = absl::Now();
    if (now - last_warning_ < kBetweenWarnings) return;
    last_warning_ = now;
  }
  failing_(why);
}

LineWriter::LineWriter(std::unique_ptr<Sink> sink, Failing failing)
    : thread_(std::make_shared<Thread>(std::move(sink), std::move(failing))) {
  // Never joined: a write may hold it for ever, and it owns all that it touches.
  std::thread([thread = thread_] { thread->Run(); }).detach();
}

LineWriter::~LineWriter() { Stop(); }

std::shared_ptr<LineWriter> LineWriter::Stderr() {
  static auto* const mutex = new absl::Mutex;
  static auto* const present = new std::weak_ptr<LineWriter>;
  absl::MutexLock lock(mutex);
  std::shared_ptr<LineWriter> writer = present->lock();
  if (writer == nullptr) {
    writer = std::make_shared<LineWriter>(Sink::Stderr());
    *present = writer;
  }
  return writer;
}

void LineWriter::Write(LineSource source, std::string line, LineWritten written) {
  thread_->Write(source, std::move(line), std::move(written));
}

void LineWriter::Replace(std::unique_ptr<Sink> sink) { thread_->Replace(std::move(sink)); }

uint64_t LineWriter::dropped(LineSource source) const { return thread_->dropped(source); }

bool LineWriter::Flush(absl::Duration longest) { return thread_->Flush(longest); }

bool LineWriter::Stop() { return thread_->Stop(); }

}  // namespace oauth1d::ops
