// Parameters as pairs of text, which a failed expectation prints readably.
#ifndef OAUTH1D_TESTS_OAUTH1_PAIRS_H_
#define OAUTH1D_TESTS_OAUTH1_PAIRS_H_

#include <string>
#include <utility>
#include <vector>

#include "server/oauth1/parameter.h"

namespace oauth1d::oauth1 {

using TextPairs = std::vector<std::pair<std::string, std::string>>;

inline TextPairs Pairs(const Parameters& parameters) {
  TextPairs pairs;
  for (const Parameter& parameter : parameters) pairs.emplace_back(parameter.name, parameter.value);
  return pairs;
}

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_TESTS_OAUTH1_PAIRS_H_
