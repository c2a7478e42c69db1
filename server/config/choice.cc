#include "server/config/choice.h"

#include "absl/strings/str_cat.h"
#include "server/config/near_miss.h"

namespace oauth1d::config {

std::string NoneOf(const std::vector<std::string>& words, absl::string_view written) {
  std::string text = "must be ";
  for (size_t i = 0; i < words.size(); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : (i + 1 == words.size() ? " or " : ", "), words[i]);
  }
  absl::StrAppend(&text, ", not ", Quoted(written));
  const std::string meant = NearMiss(written, words);
  if (!meant.empty()) absl::StrAppend(&text, "; did you mean ", meant, "?");
  return text;
}

}  // namespace oauth1d::config
