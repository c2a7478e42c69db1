// The parts of two signature base strings, compared in words.
#ifndef OAUTH1D_SERVER_OAUTH1_BASE_STRING_PARTS_H_
#define OAUTH1D_SERVER_OAUTH1_BASE_STRING_PARTS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace oauth1d::oauth1 {

// What differs, for two that do: the method, a part of the URL, a parameter, or their order. Decoded and escaped for
// people, with a hint where it looks like one of the usual mistakes.
std::string DescribeDifference(absl::string_view ours, absl::string_view theirs);

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_BASE_STRING_PARTS_H_
