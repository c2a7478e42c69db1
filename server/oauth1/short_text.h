// Constant texts that are written in one step.
#ifndef OAUTH1D_SERVER_OAUTH1_SHORT_TEXT_H_
#define OAUTH1D_SERVER_OAUTH1_SHORT_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/strings/string_view.h"

namespace oauth1d::oauth1 {

// `kWidth` bytes, of which the last says how many of the others count.
template <size_t kWidth>
struct ShortText {
  char text[kWidth - 1] = {};
  uint8_t size = 0;

  constexpr ShortText() = default;
  explicit constexpr ShortText(absl::string_view begin) { Append(begin); }

  constexpr void Append(char c) { text[size++] = c; }
  constexpr void Append(absl::string_view more) {
    for (const char c : more) Append(c);
  }

  // Stores all kWidth bytes; gives the end of those that count.
  char* Write(char* out) const {
    std::memcpy(out, this, kWidth);
    return out + size;
  }

  constexpr absl::string_view view() const { return {text, size}; }
};

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_SHORT_TEXT_H_
