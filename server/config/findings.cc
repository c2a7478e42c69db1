#include "server/config/findings.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace oauth1d::config {
namespace {

// The path of what is around: a.b[0].c, a.b[0], a.b, a, nothing.
absl::string_view Around(absl::string_view path) {
  const size_t end = path.find_last_of(".[");
  return end == absl::string_view::npos ? absl::string_view() : path.substr(0, end);
}

}  // namespace

std::string ToString(const Mistake& mistake) {
  std::string text = absl::StrCat(mistake.path, ": ", mistake.what);
  if (mistake.line > 0) absl::StrAppend(&text, " (", mistake.line, ":", mistake.column, ")");
  return text;
}

void Findings::SetPosition(absl::string_view path, Position position) {
  positions_.insert_or_assign(std::string(path), position);
}

Position Findings::PositionOf(absl::string_view path) const {
  for (;; path = Around(path)) {
    const auto found = positions_.find(std::string(path));
    if (found != positions_.end()) return found->second;
    if (path.empty()) return Position();
  }
}

bool Findings::HasFaultAt(absl::string_view path) const {
  for (;; path = Around(path)) {
    if (faulty_.find(std::string(path)) != faulty_.end()) return true;
    if (path.empty()) return false;
  }
}

bool Findings::HasFaultBelow(absl::string_view path) const {
  // What is inside of a path begins with it, but what begins with it may be its neighbour (a[1] and a[10] are told
  // apart by the bracket, title and title_page by what follows).
  for (auto it = faulty_.lower_bound(std::string(path)); it != faulty_.end() && absl::StartsWith(*it, path); ++it) {
    if (it->size() == path.size() || (*it)[path.size()] == '.' || (*it)[path.size()] == '[') return true;
  }
  return false;
}

void Findings::Fault(absl::string_view path, absl::string_view what) { Fault(path, what, PositionOf(path)); }

void Findings::Fault(absl::string_view path, absl::string_view what, Position position) {
  if (HasFaultAt(path)) return;
  faulty_.insert(std::string(path));
  faults_.push_back(Make(path, what, position));
}

void Findings::Warn(absl::string_view path, absl::string_view what) {
  warnings_.push_back(Make(path, what, PositionOf(path)));
}

void Findings::Append(const Findings& other) {
  const std::vector<Mistake> faults = other.Faults();
  others_faults_.insert(others_faults_.end(), faults.begin(), faults.end());
  warnings_.insert(warnings_.end(), other.warnings_.begin(), other.warnings_.end());
}

std::vector<Mistake> Findings::Faults() const {
  std::vector<Mistake> all = faults_;
  std::stable_sort(all.begin(), all.end(), [](const Mistake& a, const Mistake& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  all.insert(all.end(), others_faults_.begin(), others_faults_.end());
  return all;
}

Mistake Findings::Make(absl::string_view path, absl::string_view what, Position position) const {
  Mistake mistake;
  if (path.empty()) {
    mistake.path = file_;
  } else {
    mistake.path = prefixed_ ? absl::StrCat(file_, ":", path) : std::string(path);
  }
  mistake.what = std::string(what);
  mistake.line = position.line;
  mistake.column = position.column;
  return mistake;
}

}  // namespace oauth1d::config
