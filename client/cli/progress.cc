#include "client/cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/terminal.h"
#include "server/base/environment.h"

namespace oauth1d::cli {
namespace {

constexpr absl::Duration kQuiet = absl::Seconds(1);
constexpr absl::Duration kPause = absl::Milliseconds(200);
constexpr size_t kMostBar = 30;
constexpr size_t kLeastBar = 5;

std::string Bytes(double bytes) {
  if (bytes < 1000) return absl::StrFormat("%.0f B", bytes);
  for (const char* const unit : {"KiB", "MiB", "GiB"}) {
    bytes /= 1024;
    if (bytes < 1000) return absl::StrFormat("%.1f %s", bytes, unit);
  }
  return absl::StrFormat("%.1f TiB", bytes / 1024);
}

std::string Clock(double seconds) {
  const auto whole = static_cast<int64_t>(std::min(seconds, 359999.0));
  if (whole < 3600) return absl::StrFormat("%d:%02d", whole / 60, whole % 60);
  return absl::StrFormat("%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
}

}  // namespace

std::string ProgressText(absl::string_view what, uint64_t done, std::optional<uint64_t> whole, absl::Duration elapsed,
                         size_t columns) {
  const double seconds = std::max(absl::ToDoubleSeconds(elapsed), 0.001);
  const double rate = static_cast<double>(done) / seconds;
  std::string facts = Bytes(static_cast<double>(done));
  std::string bar;
  if (whole.has_value() && *whole > 0) {
    const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(*whole));
    absl::StrAppend(&facts, " of ", Bytes(static_cast<double>(*whole)));
    absl::StrAppend(&facts, "  ", Bytes(rate), "/s");
    if (rate > 0) absl::StrAppend(&facts, "  ", Clock((static_cast<double>(*whole) * (1 - share)) / rate), " left");
    const std::string percent = absl::StrFormat("%3d%%", static_cast<int>(share * 100));
    const size_t others = what.size() + facts.size() + percent.size() + 8;
    if (columns >= others + kLeastBar) {
      const size_t width = std::min(kMostBar, columns - others);
      const auto full = static_cast<size_t>(share * static_cast<double>(width));
      bar = absl::StrCat("[", std::string(full, '#'), std::string(width - full, ' '), "] ");
    }
    absl::StrAppend(&bar, percent, "  ");
  } else {
    absl::StrAppend(&facts, "  ", Bytes(rate), "/s  ", Clock(seconds));
  }
  std::string line = absl::StrCat(what, "  ", bar, facts);
  if (line.size() > columns) line.resize(columns);
  return line;
}

Progress::Progress() : shown_(isatty(STDERR_FILENO) == 1), start_(RealEnvironment().Uptime()) {}

Progress::~Progress() {
  const absl::MutexLock lock(&mutex_);
  if (dirty_) std::cerr << "\r\x1b[K" << std::flush;
}

void Progress::Begin(Way& way, std::optional<uint64_t> bytes) {
  way.whole = bytes;
  way.begun = RealEnvironment().Uptime();
}

void Progress::WillUpload(std::optional<uint64_t> bytes) {
  const absl::MutexLock lock(&mutex_);
  Begin(up_, bytes);
}

void Progress::WillDownload(std::optional<uint64_t> bytes) {
  const absl::MutexLock lock(&mutex_);
  Begin(down_, bytes);
}

void Progress::Uploaded(uint64_t bytes) { Move("sent", up_, bytes); }

void Progress::Downloaded(uint64_t bytes) { Move("received", down_, bytes); }

void Progress::Move(absl::string_view what, Way& way, uint64_t bytes) {
  const absl::MutexLock lock(&mutex_);
  way.done += bytes;
  const absl::Duration now = RealEnvironment().Uptime();
  if (!shown_ || now - start_ < kQuiet || now - drawn_ < kPause) return;
  drawn_ = now;
  dirty_ = true;
  const size_t columns = ColumnsOf(STDERR_FILENO) - 1;
  std::cerr << "\r\x1b[K" << ProgressText(what, way.done, way.whole, now - way.begun, columns) << std::flush;
}

}  // namespace oauth1d::cli
