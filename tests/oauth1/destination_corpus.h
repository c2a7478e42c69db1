// How callers have tried to lead a signed request elsewhere: the spellings, and what must become of each.
#ifndef OAUTH1D_TESTS_OAUTH1_DESTINATION_CORPUS_H_
#define OAUTH1D_TESTS_OAUTH1_DESTINATION_CORPUS_H_

#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace oauth1d::oauth1 {

// The provider's API bases that the corpus is written for.
const std::vector<absl::string_view>& CorpusBases();

// URL references, and no part of the bases: DESTINATION_DENIED.
const std::vector<absl::string_view>& DeniedReferences();

// No URL references at all: INVALID_ARGUMENT.
const std::vector<absl::string_view>& InvalidReferences();

// Odd to look at, and inside: what is signed and sent.
const std::vector<std::pair<absl::string_view, absl::string_view>>& AllowedReferences();

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_TESTS_OAUTH1_DESTINATION_CORPUS_H_
