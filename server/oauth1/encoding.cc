#include "server/oauth1/encoding.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "server/oauth1/encoded_bytes.h"

namespace oauth1d::oauth1 {
namespace {

std::string Decode(absl::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && HexValue(text[i + 1]) >= 0 && HexValue(text[i + 2]) >= 0) {
      decoded.push_back(static_cast<char>(HexValue(text[i + 1]) * 16 + HexValue(text[i + 2])));
      i += 2;
    } else {
      decoded.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return decoded;
}

// How many bytes the UTF-8 sequence at the start of `text` has; 0 if it is none.
size_t Utf8Length(absl::string_view text) {
  const auto at = [&](size_t i) { return i < text.size() ? static_cast<uint8_t>(text[i]) : 0U; };
  const auto continues = [&](size_t i) { return (at(i) & 0xC0U) == 0x80U; };
  const unsigned first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && at(1) < 0xA0;
    const bool surrogate = first == 0xED && at(1) > 0x9F;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && at(1) < 0x90;
    const bool beyond = first == 0xF4 && at(1) > 0x8F;
    return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

}  // namespace

void AppendPercentEncoded(absl::string_view text, std::string& out) {
  const size_t before = out.size();
  const size_t after = before + EncodedSize(text);
  out.resize(after + kEncodedSlack);
  WriteEncoded(kEncodedOnce, text, out.data() + before);
  out.resize(after);
}

std::string PercentEncode(absl::string_view text) {
  std::string encoded;
  AppendPercentEncoded(text, encoded);
  return encoded;
}

std::string PercentDecode(absl::string_view text) { return Decode(text, false); }

Parameters ParseForm(absl::string_view text) {
  Parameters parameters;
  for (const absl::string_view piece : absl::StrSplit(text, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> pair = absl::StrSplit(piece, absl::MaxSplits('=', 1));
    parameters.push_back({Decode(pair.first, true), Decode(pair.second, true)});
  }
  return parameters;
}

std::string EncodeForm(const Parameters& parameters) {
  // Small forms get room for the worst; of large ones the size is worth knowing first.
  constexpr size_t kSmall = 4096;
  size_t size = 0;
  for (const Parameter& parameter : parameters) size += 3 * (parameter.name.size() + parameter.value.size()) + 2;
  if (size > kSmall) {
    size = 0;
    for (const auto& [name, value] : parameters) size += EncodedSize(name) + EncodedSize(value) + 2;
  }
  std::string encoded(size + kEncodedSlack, '\0');
  char* out = encoded.data();
  for (const Parameter& parameter : parameters) {
    out = WriteEncoded(kEncodedOnce, parameter.name, out);
    *out++ = '=';
    out = WriteEncoded(kEncodedOnce, parameter.value, out);
    *out++ = '&';
  }
  encoded.resize(parameters.empty() ? 0 : out - encoded.data() - 1);
  return encoded;
}

bool IsUtf8(absl::string_view text) {
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool HasControlCharacters(absl::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return absl::ascii_iscntrl(static_cast<uint8_t>(c)); });
}

}  // namespace oauth1d::oauth1
