// Why a signature does not hold: our signature base string beside the one that the provider printed.
#ifndef OAUTH1D_SERVER_OAUTH1_BASE_STRING_DIFFERENCE_H_
#define OAUTH1D_SERVER_OAUTH1_BASE_STRING_DIFFERENCE_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace oauth1d::oauth1 {

struct BaseStringDifference {
  size_t offset;            // of the first byte that differs
  std::string description;  // what it belongs to, decoded, and which of the usual mistakes it looks like; for people
  // The same stretch of both, at most 72 columns, printable; "…" where it goes on. In `caret` a ^ stands below the
  // first column that differs.
  std::string ours;
  std::string theirs;
  std::string caret;
};

// Nothing where they are equal. White space around `theirs` does not count. Where a provider prints its base string
// percent-encoded once more, or with &amp; for &, it is read back first, and the description says so.
std::optional<BaseStringDifference> CompareBaseStrings(absl::string_view ours, absl::string_view theirs);

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_BASE_STRING_DIFFERENCE_H_
