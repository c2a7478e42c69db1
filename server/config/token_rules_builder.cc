#include "server/config/token_rules_builder.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace oauth1d::config {
namespace {

constexpr size_t kIdDigits = 32;

// RFC 3339 section 5.6, T and Z in upper case. ParseTime alone takes more: spaces, years of any length, words.
std::optional<absl::Time> ParseMoment(absl::string_view text) {
  constexpr absl::string_view kShape = "0000-00-00T00:00:00";
  if (text.size() <= kShape.size()) return std::nullopt;
  for (size_t i = 0; i < kShape.size(); ++i) {
    const bool fits =
        kShape[i] == '0' ? absl::ascii_isdigit(static_cast<unsigned char>(text[i])) : text[i] == kShape[i];
    if (!fits) return std::nullopt;
  }
  absl::Time moment;
  std::string error;
  if (absl::ascii_isspace(static_cast<unsigned char>(text.back()))) return std::nullopt;
  if (!absl::ParseTime(absl::RFC3339_full, text, &moment, &error)) return std::nullopt;
  return moment;
}

}  // namespace

void BuildTokenRules(const v1::AccessTokens& from, const Place& place, absl::Time now, providers::HouseRules& to) {
  if (!from.refuse_sealed_before().empty()) {
    const std::optional<absl::Time> moment = ParseMoment(from.refuse_sealed_before());
    if (!moment.has_value()) {
      place.Fault("refuse_sealed_before", absl::StrCat("must be a time such as 2026-11-23T00:00:00Z, not ",
                                                       Quoted(from.refuse_sealed_before())));
    } else if (*moment > now) {
      place.Warn("refuse_sealed_before", "is to come: until then every access token is refused, new ones too");
    }
    to.refuse_sealed_before = moment.value_or(to.refuse_sealed_before);
  }
  for (int i = 0; i < from.refuse_ids_size(); ++i) {
    const std::string& text = from.refuse_ids(i);
    const bool good = text.size() == kIdDigits &&
                      std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isxdigit(c); });
    if (!good) {
      place.At("refuse_ids", i).Fault("must be 32 hexadecimal digits, as token_id in the log lines; never a token");
    } else if (!to.refused_token_ids.insert(absl::HexStringToBytes(text)).second) {
      place.At("refuse_ids", i).Fault("stands here a second time");
    }
  }
}

}  // namespace oauth1d::config
