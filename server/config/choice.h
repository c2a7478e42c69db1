// Fields that hold one word of a few.
#ifndef OAUTH1D_SERVER_CONFIG_CHOICE_H_
#define OAUTH1D_SERVER_CONFIG_CHOICE_H_

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/config/place.h"

namespace oauth1d::config {

template <typename Value>
struct Choice {
  absl::string_view word;
  Value value;
};

// `must be a, b or c, not "d"`, and what may have been meant.
std::string NoneOf(const std::vector<std::string>& words, absl::string_view written);

// What the word stands for. Nothing, and a fault at `place`, if it is none of them.
template <typename Value, size_t N>
std::optional<Value> Choose(const std::array<Choice<Value>, N>& choices, absl::string_view written,
                            const Place& place) {
  std::vector<std::string> words;
  for (const Choice<Value>& choice : choices) {
    if (choice.word == written) return choice.value;
    words.emplace_back(choice.word);
  }
  place.Fault(NoneOf(words, written));
  return std::nullopt;
}

// The same for a field that keeps its value then.
template <typename Value, size_t N>
void ChooseInto(const std::array<Choice<Value>, N>& choices, absl::string_view written, const Place& place,
                Value& field) {
  field = Choose(choices, written, place).value_or(field);
}

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_CHOICE_H_
