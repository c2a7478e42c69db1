#include "server/oauth1/challenge.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::oauth1 {
namespace {

// Takes bytes off the front as long as they are (or are not) among `bytes`.
absl::string_view TakeAll(absl::string_view& text, absl::string_view bytes) {
  const size_t end = std::min(text.find_first_not_of(bytes), text.size());
  const absl::string_view taken = text.substr(0, end);
  text.remove_prefix(end);
  return taken;
}
absl::string_view TakeUntil(absl::string_view& text, absl::string_view bytes) {
  const size_t end = std::min(text.find_first_of(bytes), text.size());
  const absl::string_view taken = text.substr(0, end);
  text.remove_prefix(end);
  return taken;
}

// Behind the opening quote, up to the closing one; without it, up to the end.
std::string TakeQuoted(absl::string_view& text) {
  std::string value;
  while (!text.empty() && text[0] != '"') {
    if (text[0] == '\\' && text.size() > 1) text.remove_prefix(1);
    value.push_back(text[0]);
    text.remove_prefix(1);
  }
  absl::ConsumePrefix(&text, "\"");
  return value;
}

std::string TakeValue(absl::string_view& text) {
  if (absl::ConsumePrefix(&text, "\"")) return TakeQuoted(text);
  // Some providers leave out the quotes around words.
  return std::string(absl::StripTrailingAsciiWhitespace(TakeUntil(text, ",")));
}

}  // namespace

Parameters OAuthChallengeParameters(absl::string_view field) {
  constexpr absl::string_view kBlanks = " \t\r\n";
  constexpr absl::string_view kBetween = " \t\r\n,";
  Parameters parameters;
  bool oauth = false;
  for (TakeAll(field, kBetween); !field.empty(); TakeAll(field, kBetween)) {
    const absl::string_view word = TakeUntil(field, " \t\r\n,=");
    TakeAll(field, kBlanks);
    if (!absl::ConsumePrefix(&field, "=")) {
      // A word with no value is a scheme.
      oauth = absl::EqualsIgnoreCase(word, "OAuth");
      continue;
    }
    TakeAll(field, kBlanks);
    const std::string value = TakeValue(field);
    if (oauth) parameters.push_back({std::string(word), PercentDecode(value)});
  }
  return parameters;
}

}  // namespace oauth1d::oauth1
