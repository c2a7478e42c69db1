// How a fuzzer says that a promise was broken: with assertions that no build type removes.
#ifndef OAUTH1D_TESTS_FUZZ_FUZZED_H_
#define OAUTH1D_TESTS_FUZZ_FUZZED_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "absl/strings/string_view.h"

// libFuzzer calls it with one input after another.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace oauth1d {

inline absl::string_view AsText(const uint8_t* data, size_t size) {
  return absl::string_view(reinterpret_cast<const char*>(data), size);
}

inline void Promise(bool kept, absl::string_view what) {
  if (kept) return;
  std::cerr << "broken promise: " << what << "\n";
  std::abort();
}

}  // namespace oauth1d

#endif  // OAUTH1D_TESTS_FUZZ_FUZZED_H_
