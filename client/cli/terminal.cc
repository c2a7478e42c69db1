#include "client/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/cli/report.h"

namespace oauth1d::cli {

bool UsesColour(int descriptor) {
  const char* const no = std::getenv("NO_COLOR");
  return isatty(descriptor) == 1 && (no == nullptr || *no == '\0');
}

size_t ColumnsOf(int descriptor) {
  winsize size{};
  if (isatty(descriptor) != 1 || ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col < 40) return 100;
  return size.ws_col;
}

void PrintTable(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  std::vector<std::vector<std::string>> safe;
  for (const std::vector<std::string>& row : rows) {
    std::vector<std::string>& cells = safe.emplace_back();
    widths.resize(std::max(widths.size(), row.size()));
    for (const std::string& cell : row) {
      cells.push_back(cell.empty() ? "-" : ForTerminal(cell));
      widths[cells.size() - 1] = std::max(widths[cells.size() - 1], cells.back().size());
    }
  }
  for (const std::vector<std::string>& row : safe) {
    for (size_t i = 0; i < row.size(); ++i) {
      std::cout << row[i] << (i + 1 < row.size() ? std::string(widths[i] - row[i].size() + 2, ' ') : "\n");
    }
  }
}

std::string Wrapped(absl::string_view text, size_t indent, size_t columns) {
  std::string wrapped;
  size_t used = indent;
  for (const absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    const bool first = used == indent;
    if (!first && used + 1 + word.size() > columns) {
      absl::StrAppend(&wrapped, "\n", std::string(indent, ' '), word);
      used = indent + word.size();
    } else {
      absl::StrAppend(&wrapped, first ? "" : " ", word);
      used += word.size() + (first ? 0 : 1);
    }
  }
  return wrapped;
}

}  // namespace oauth1d::cli
