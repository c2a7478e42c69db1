#include "server/config/near_miss.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace oauth1d::config {
namespace {

constexpr size_t kLongest = 64;

// Levenshtein's distance; case and the choice of - or _ do not count.
size_t Distance(absl::string_view a, absl::string_view b) {
  const auto plain = [](char c) { return c == '-' ? '_' : absl::ascii_tolower(static_cast<unsigned char>(c)); };
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (plain(a[i - 1]) == plain(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string NearMiss(absl::string_view written, const std::vector<std::string>& known) {
  if (written.size() > kLongest) return "";
  std::string nearest;
  size_t least = 3;  // farther is another word
  for (const std::string& name : known) {
    const size_t distance = Distance(written, name);
    if (distance < least && distance * 2 < std::max(written.size(), name.size())) {
      least = distance;
      nearest = name;
    }
  }
  return nearest;
}

std::string Suggestion(absl::string_view written, const std::vector<std::string>& known) {
  const std::string nearest = NearMiss(written, known);
  if (!nearest.empty()) return absl::StrCat("; did you mean ", nearest, "?");
  return known.empty() ? "" : absl::StrCat("; known: ", absl::StrJoin(known, ", "));
}

}  // namespace oauth1d::config
