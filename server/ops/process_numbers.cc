#include "server/ops/process_numbers.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace oauth1d::ops {
namespace {

using prometheus::MetricType;

// Fields of /proc/self/stat, counted from the state behind the name, which may hold anything (proc(5)).
constexpr size_t kStartTime = 19;

std::string FileText(const char* path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::optional<double> NumberAt(absl::string_view line, size_t field) {
  const std::vector<absl::string_view> fields = absl::StrSplit(line, ' ', absl::SkipWhitespace());
  double number = 0;
  if (field >= fields.size() || !absl::SimpleAtod(fields[field], &number)) return std::nullopt;
  return number;
}

std::optional<double> ProcessorSeconds() {
  timespec used{};
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0) return std::nullopt;
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

std::optional<double> ResidentBytes() {
  const std::optional<double> pages = NumberAt(FileText("/proc/self/statm"), 1);
  if (!pages.has_value()) return std::nullopt;
  return *pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

std::optional<double> OpenDescriptors() {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/proc/self/fd"), closedir);
  if (folder == nullptr) return std::nullopt;
  double count = -3;  // `.`, `..` and the one that reads
  while (readdir(folder.get()) != nullptr) ++count;
  return count;
}

std::optional<double> MostDescriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
  return limit.rlim_cur == RLIM_INFINITY ? std::numeric_limits<double>::infinity()
                                         : static_cast<double>(limit.rlim_cur);
}

std::optional<double> StartTime() {
  const std::string stat = FileText("/proc/self/stat");
  const size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  const std::optional<double> ticks = NumberAt(absl::string_view(stat).substr(name_end + 1), kStartTime);
  const std::string system = FileText("/proc/stat");
  for (const absl::string_view line : absl::StrSplit(system, '\n')) {
    if (!absl::StartsWith(line, "btime ")) continue;
    const std::optional<double> boot = NumberAt(line, 1);
    if (ticks.has_value() && boot.has_value()) return *boot + *ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
  }
  return std::nullopt;
}

}  // namespace

void AddProcessNumbers(Families& families) {
  const auto add = [&](const char* name, MetricType type, const char* help, std::optional<double> value) {
    if (!value.has_value()) return;
    Family family(name, type, help);
    if (type == MetricType::Counter) {
      family.Count({}, *value);
    } else {
      family.Gauge({}, *value);
    }
    std::move(family).AddTo(families);
  };
  add("process_cpu_seconds_total", MetricType::Counter, "Processor time, the process's and the system's on its behalf.",
      ProcessorSeconds());
  add("process_resident_memory_bytes", MetricType::Gauge, "Resident memory.", ResidentBytes());
  add("process_open_fds", MetricType::Gauge, "Open file descriptors.", OpenDescriptors());
  add("process_max_fds", MetricType::Gauge, "The most file descriptors that may be open.", MostDescriptors());
  add("process_start_time_seconds", MetricType::Gauge, "When the process was started, since the epoch.", StartTime());
}

}  // namespace oauth1d::ops
