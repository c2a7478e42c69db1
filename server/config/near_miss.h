// What somebody may have meant.
#ifndef OAUTH1D_SERVER_CONFIG_NEAR_MISS_H_
#define OAUTH1D_SERVER_CONFIG_NEAR_MISS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace oauth1d::config {

// The one of `known` that is few typing mistakes away; empty where none is near.
std::string NearMiss(absl::string_view written, const std::vector<std::string>& known);

// "; did you mean NAME?", or the list of what there is: "; known: a, b".
std::string Suggestion(absl::string_view written, const std::vector<std::string>& known);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_NEAR_MISS_H_
