#include "server/oauth1/signature_base.h"

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>
#include <numeric>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "server/oauth1/encoded_bytes.h"

namespace oauth1d::oauth1 {
namespace {

constexpr ShortText<4> kEquals("%3D");
constexpr ShortText<4> kAmpersand("%26");
// Both together, for a piece without a value.
constexpr size_t kSeparators = 6;
// What a byte of a parameter takes at most.
constexpr size_t kMostPerByte = 5;

// A form's '+' is a space; its separators and escapes are marked by a size of 0.
constexpr EncodedBytes<8> MakeFormBytes() {
  EncodedBytes<8> table = kEncodedTwice;
  table['+'] = table[' '];
  for (const char special : {'&', '=', '%'}) table[static_cast<unsigned char>(special)].size = 0;
  return table;
}
constexpr EncodedBytes<8> kFormBytes = MakeFormBytes();

// The first eight bytes as a number, so that numbers compare as the bytes do; behind a shorter text are zeros.
// `text` stands in an arena: eight bytes can be read.
uint64_t PrefixOf(absl::string_view text) {
  uint64_t prefix = 0;
  for (size_t i = 0; i < 8; ++i) prefix = prefix << 8 | static_cast<unsigned char>(text.data()[i]);
  if (text.size() >= 8) return prefix;
  return text.empty() ? 0 : prefix >> (64 - 8 * text.size()) << (64 - 8 * text.size());
}

}  // namespace

void SignatureBase::Clear() {
  arena_.Trim();
  text_.Trim();
  used_ = 0;
  text_size_ = 0;
  pairs_.clear();
  order_.clear();
  std::fill(std::begin(places_), std::end(places_), 0);
}

void SignatureBase::Add(absl::string_view name, absl::string_view value, ParameterSource source) {
  char* const begin = arena_.Room(used_, kMostPerByte * (name.size() + value.size()) + kSeparators);
  char* const value_at = kEquals.Write(WriteEncoded(kEncodedTwice, name, begin));
  char* const end = WriteEncoded(kEncodedTwice, value, value_at);
  Keep(used_, used_ + (value_at - begin), used_ + (end - begin), source);
}

void SignatureBase::Add(const ShortText<32>& name, absl::string_view value) {
  char* const begin = arena_.Room(used_, sizeof(name) + kMostPerByte * value.size() + kSeparators);
  char* const value_at = kEquals.Write(name.Write(begin));
  char* const end = WriteEncoded(kEncodedTwice, value, value_at);
  Keep(used_, used_ + (value_at - begin), used_ + (end - begin), ParameterSource::kProtocol);
}

void SignatureBase::AddEncoded(absl::string_view encoded, ParameterSource source) {
  // A separator of the form becomes at most both of ours, so that nothing moves below.
  const char* const arena = arena_.Room(used_, kSeparators * (encoded.size() + 1)) - used_;
  const char* const end = encoded.data() + encoded.size();
  for (const char* in = encoded.data(); in != end;) {
    if (*in == '&') {
      ++in;
      continue;
    }
    char* out = arena_.Room(used_, 0);
    const char* value = nullptr;
    for (; in != end; ++in) {
      const auto c = static_cast<unsigned char>(*in);
      out = kFormBytes[c].Write(out);
      if (kFormBytes[c].size != 0) continue;
      if (c == '&') break;
      if (c == '=' && value == nullptr) {
        value = out = kEquals.Write(out);
      } else if (c == '%' && end - in > 2 && HexValue(in[1]) >= 0 && HexValue(in[2]) >= 0) {
        out = kEncodedTwice[HexValue(in[1]) * 16 + HexValue(in[2])].Write(out);
        in += 2;
      } else {
        out = kEncodedTwice[c].Write(out);
      }
    }
    if (value == nullptr) value = out = kEquals.Write(out);
    Keep(used_, value - arena, out - arena, source);
  }
}

absl::string_view SignatureBase::NameOf(const Pair& pair) const {
  return {arena_.data() + pair.begin, pair.value - kEquals.size - pair.begin};
}

absl::string_view SignatureBase::ValueOf(const Pair& pair) const {
  return {arena_.data() + pair.value, pair.end - pair.value};
}

// Takes in what was written behind used_.
void SignatureBase::Keep(size_t begin, size_t value, size_t end, ParameterSource source) {
  Pair pair = {0, begin, value, end, places_[static_cast<size_t>(source)]++, source};
  const absl::string_view name = NameOf(pair);
  if (name == "oauth_signature") return;
  pair.prefix = PrefixOf(name);
  pairs_.push_back(pair);
  kAmpersand.Write(arena_.Room(end, sizeof(kAmpersand)));
  used_ = end + kAmpersand.size;
}

// By name, then by value, as bytes (section 3.4.1.3.2); equal ones as they came.
bool SignatureBase::Precedes(size_t a, size_t b) const {
  const Pair& first = pairs_[a];
  const Pair& second = pairs_[b];
  if (first.prefix != second.prefix) return first.prefix < second.prefix;
  const int by_name = NameOf(first).compare(NameOf(second));
  if (by_name != 0) return by_name < 0;
  const int by_value = ValueOf(first).compare(ValueOf(second));
  return by_value != 0 ? by_value < 0 : a < b;
}

// Where no two prefixes are equal, each name's place is the number of those below it. To count them takes no branch
// that could be guessed wrong: for few, that is faster than to sort. False where that does not do.
bool SignatureBase::SortByPrefix() {
  constexpr size_t kFew = 32;
  const size_t count = pairs_.size();
  if (count > kFew) return false;
  std::array<uint64_t, kFew> prefixes;
  for (size_t i = 0; i < count; ++i) prefixes[i] = pairs_[i].prefix;
  uint64_t taken = 0;
  size_t* const order = order_.data();
  for (size_t i = 0; i < count; ++i) {
    size_t place = 0;
    for (size_t j = 0; j < count; ++j) place += prefixes[j] < prefixes[i] ? 1 : 0;
    order[place] = i;
    taken |= uint64_t{1} << place;
  }
  return std::popcount(taken) == static_cast<int>(count);
}

void SignatureBase::Sort() {
  order_.resize(pairs_.size());
  if (SortByPrefix()) return;
  std::iota(order_.begin(), order_.end(), 0);
  std::sort(order_.begin(), order_.end(), [this](size_t a, size_t b) { return Precedes(a, b); });
}

void SignatureBase::Finish(absl::string_view http_method, const Url& url) {
  Sort();
  uri_.clear();
  url.AppendBaseStringUri(uri_);
  char* const begin = text_.Room(0, 3 * (http_method.size() + uri_.size()) + 2 + used_);
  char* out = begin;
  for (const char c : http_method) {
    out = kEncodedOnce[static_cast<unsigned char>(absl::ascii_toupper(static_cast<unsigned char>(c)))].Write(out);
  }
  *out++ = '&';
  out = WriteEncoded(kEncodedOnce, uri_, out);
  *out++ = '&';
  for (const size_t index : order_) {
    const Pair& pair = pairs_[index];
    out = CopyBlocks(out, arena_.data() + pair.begin, pair.end + kAmpersand.size - pair.begin);
  }
  if (!order_.empty()) out -= kAmpersand.size;
  text_size_ = out - begin;
}

std::vector<SignatureBase::NormalizedParameter> SignatureBase::Parameters() const {
  std::vector<NormalizedParameter> parameters;
  parameters.reserve(order_.size());
  for (const size_t index : order_) {
    const Pair& pair = pairs_[index];
    parameters.push_back({absl::StrReplaceAll(NameOf(pair), {{"%25", "%"}}),
                          absl::StrReplaceAll(ValueOf(pair), {{"%25", "%"}}), pair.source, pair.place});
  }
  return parameters;
}

}  // namespace oauth1d::oauth1
