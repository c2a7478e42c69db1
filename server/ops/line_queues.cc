#include "server/ops/line_queues.h"

#include <algorithm>
#include <utility>

namespace oauth1d::ops {
namespace {

size_t IndexOf(LineSource source) { return static_cast<size_t>(source); }

}  // namespace

std::vector<LineWritten> LineQueues::Push(LineSource source, std::string text, LineWritten written, bool& was_full) {
  std::vector<LineWritten> refused;
  std::deque<QueuedLine>& lines = lines_[IndexOf(source)];
  was_full = lines.size() >= kLines;
  if (was_full) {
    if (lines.front().written == nullptr) {
      CountDrop(source);
    } else {
      refused.push_back(std::move(lines.front().written));
    }
    lines.pop_front();
  }
  lines.push_back({next_number_++, source, std::move(text), std::move(written)});
  return refused;
}

void LineQueues::PushBack(QueuedLine line) {
  std::deque<QueuedLine>& lines = lines_[IndexOf(line.source)];
  if (lines.size() >= kLines) return CountDrop(line.source);
  lines.push_front(std::move(line));
}

std::optional<QueuedLine> LineQueues::Pop() {
  std::deque<QueuedLine>* first = nullptr;
  for (std::deque<QueuedLine>& lines : lines_) {
    if (lines.empty()) continue;
    if (first == nullptr || lines.front().number < first->front().number) first = &lines;
  }
  if (first == nullptr) return std::nullopt;
  QueuedLine line = std::move(first->front());
  first->pop_front();
  return line;
}

std::vector<LineWritten> LineQueues::RefuseAwaited() {
  std::vector<LineWritten> refused;
  for (std::deque<QueuedLine>& lines : lines_) {
    std::deque<QueuedLine> kept;
    for (QueuedLine& line : lines) {
      if (line.written == nullptr) {
        kept.push_back(std::move(line));
      } else {
        refused.push_back(std::move(line.written));
      }
    }
    lines = std::move(kept);
  }
  return refused;
}

std::vector<LineWritten> LineQueues::DropAll() {
  std::vector<LineWritten> refused = RefuseAwaited();
  for (std::deque<QueuedLine>& lines : lines_) {
    for (const QueuedLine& line : lines) CountDrop(line.source);
    lines.clear();
  }
  return refused;
}

bool LineQueues::IsEmpty() const {
  return std::all_of(lines_.begin(), lines_.end(), [](const auto& lines) { return lines.empty(); });
}

void LineQueues::CountDrop(LineSource source) {
  ++dropped_[IndexOf(source)];
  ++untold_[IndexOf(source)];
}

uint64_t LineQueues::dropped(LineSource source) const { return dropped_[IndexOf(source)]; }

UntoldDrops LineQueues::TakeUntold() { return std::exchange(untold_, UntoldDrops{}); }

void LineQueues::GiveBackUntold(const UntoldDrops& untold) {
  for (size_t i = 0; i < untold.size(); ++i) untold_[i] += untold[i];
}

}  // namespace oauth1d::ops
