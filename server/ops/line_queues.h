// What waits to be written: a bounded queue for each source, and the count of what had no place.
#ifndef OAUTH1D_SERVER_OPS_LINE_QUEUES_H_
#define OAUTH1D_SERVER_OPS_LINE_QUEUES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace oauth1d::ops {

// Whose lines: each has a queue of its own, so that neither drops the other's.
enum class LineSource { kLog, kAudit };

// Told whether the line was written as a whole.
using LineWritten = std::function<void(bool)>;

struct QueuedLine {
  uint64_t number = 0;  // in the order of all sources
  LineSource source = LineSource::kLog;
  std::string text;     // with its line break
  LineWritten written;  // null: nobody waits
};

// Drops by source that no line has told of yet.
using UntoldDrops = std::array<uint64_t, 2>;

// Not thread-safe. Where a function gives callbacks, it is for the caller to call them, with false.
class LineQueues {
 public:
  static constexpr size_t kLines = 8192;  // of each source

  // Drops the oldest line of a full queue; gives its callback, if there is one.
  std::vector<LineWritten> Push(LineSource source, std::string text, LineWritten written, bool& was_full);
  // Where Pop took it from; drops it if there is no room.
  void PushBack(QueuedLine line);
  // The oldest.
  std::optional<QueuedLine> Pop();
  // Removes all lines that somebody waits for.
  std::vector<LineWritten> RefuseAwaited();
  // Removes all lines, and counts those that nobody waits for as dropped.
  std::vector<LineWritten> DropAll();

  bool IsEmpty() const;
  void CountDrop(LineSource source);
  uint64_t dropped(LineSource source) const;
  bool HasUntold() const { return untold_ != UntoldDrops{}; }
  UntoldDrops TakeUntold();
  void GiveBackUntold(const UntoldDrops& untold);

 private:
  std::array<std::deque<QueuedLine>, 2> lines_;
  std::array<uint64_t, 2> dropped_{};
  UntoldDrops untold_{};
  uint64_t next_number_ = 0;
};

}  // namespace oauth1d::ops

#endif  // OAUTH1D_SERVER_OPS_LINE_QUEUES_H_
