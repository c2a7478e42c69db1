#include "server/oauth1/base_string_difference.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "server/oauth1/base_string_parts.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::oauth1 {
namespace {

constexpr size_t kColumns = 72;
constexpr size_t kColumnsBefore = 36;
constexpr absl::string_view kGoesOn = "…";

// One byte in columns of its own.
std::string Shown(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (absl::ascii_isprint(byte) && c != '\\') return std::string(1, c);
  return absl::StrFormat("\\x%02x", byte);
}

// The beginning of the text, as far as it fits.
std::string ShownBeginning(absl::string_view text, size_t columns) {
  std::string shown;
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string byte = Shown(text[i]);
    // The last column is for the mark, unless nothing follows.
    if (shown.size() + byte.size() > columns - (i + 1 < text.size() ? 1 : 0)) return absl::StrCat(shown, kGoesOn);
    shown += byte;
  }
  return shown;
}

void ShowStretch(absl::string_view ours, absl::string_view theirs, BaseStringDifference& difference) {
  size_t begin = difference.offset;
  std::string before;
  // The first column is for the mark.
  while (begin > 0 && before.size() + Shown(ours[begin - 1]).size() < kColumnsBefore) {
    before.insert(0, Shown(ours[--begin]));
  }
  const bool cut = begin > 0;
  const size_t column = before.size() + (cut ? 1 : 0);
  if (cut) before.insert(0, kGoesOn.data(), kGoesOn.size());
  difference.ours = before + ShownBeginning(ours.substr(difference.offset), kColumns - column);
  difference.theirs = before + ShownBeginning(theirs.substr(difference.offset), kColumns - column);
  difference.caret = std::string(column, ' ') + "^";
}

// What was done to `theirs` before it was compared, for the description.
std::string ReadBack(absl::string_view& theirs, std::string& read_back) {
  // A base string holds no ';', and its two '&' stand bare.
  if (absl::StrContains(theirs, "&amp;")) {
    read_back = absl::StrReplaceAll(theirs, {{"&amp;", "&"}});
    theirs = read_back;
    return "theirs was printed with &amp; for &; ";
  }
  if (!absl::StrContains(theirs, "&") && absl::StrContains(theirs, "%26")) {
    read_back = PercentDecode(theirs);
    theirs = read_back;
    return "theirs was printed percent-encoded once more; ";
  }
  return "";
}

}  // namespace

std::optional<BaseStringDifference> CompareBaseStrings(absl::string_view ours, absl::string_view theirs) {
  theirs = absl::StripAsciiWhitespace(theirs);
  if (ours == theirs) return std::nullopt;
  std::string read_back;
  const std::string note = ReadBack(theirs, read_back);
  if (ours == theirs) return std::nullopt;
  BaseStringDifference difference;
  difference.offset = std::mismatch(ours.begin(), ours.end(), theirs.begin(), theirs.end()).first - ours.begin();
  difference.description = note + DescribeDifference(ours, theirs);
  ShowStretch(ours, theirs, difference);
  return difference;
}

}  // namespace oauth1d::oauth1
