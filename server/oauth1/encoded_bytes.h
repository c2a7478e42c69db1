// The percent-encoding of every byte, ready to be stored in one step: the encoder has no branch a byte.
#ifndef OAUTH1D_SERVER_OAUTH1_ENCODED_BYTES_H_
#define OAUTH1D_SERVER_OAUTH1_ENCODED_BYTES_H_

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <array>
#include <cstddef>

#include "absl/strings/string_view.h"
#include "server/oauth1/short_text.h"

namespace oauth1d::oauth1 {

// ALPHA, DIGIT, '-', '.', '_' and '~' (RFC 3986 section 2.3).
constexpr bool IsUnreserved(unsigned char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

// 0 to 15, or -1.
constexpr int HexValue(unsigned char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

template <size_t kWidth>
using EncodedBytes = std::array<ShortText<kWidth>, 256>;

namespace internal {

// `escape`: what stands for the percent sign of an escape.
template <size_t kWidth>
constexpr EncodedBytes<kWidth> EncodeEveryByte(absl::string_view escape) {
  constexpr char kHex[] = "0123456789ABCDEF";
  EncodedBytes<kWidth> table{};
  for (size_t byte = 0; byte < 256; ++byte) {
    if (IsUnreserved(static_cast<unsigned char>(byte))) {
      table[byte].Append(static_cast<char>(byte));
      continue;
    }
    table[byte].Append(escape);
    table[byte].Append(kHex[byte >> 4]);
    table[byte].Append(kHex[byte & 15]);
  }
  return table;
}

}  // namespace internal

// Encoded once: %2F. At most 3 bytes a byte.
inline constexpr EncodedBytes<4> kEncodedOnce = internal::EncodeEveryByte<4>("%");
// Encoded twice, as a part of the signature base string: %252F. At most 5 bytes a byte.
inline constexpr EncodedBytes<8> kEncodedTwice = internal::EncodeEveryByte<8>("%25");

// What stands behind a text encoded once may be overwritten by so many bytes.
inline constexpr size_t kEncodedSlack = 3;

// Of the text encoded once.
inline size_t EncodedSize(absl::string_view text) {
  size_t size = 0;
  for (const char c : text) size += kEncodedOnce[static_cast<unsigned char>(c)].size;
  return size;
}

#ifdef __SSE2__
// Whether 16 bytes are all unreserved: then they stay as they are.
inline bool AreUnreserved(__m128i bytes) {
  // One signed comparison tells whether a byte lies in a range, once that is moved down to the lowest number.
  const auto within = [](__m128i some, char first, char last) {
    return _mm_cmplt_epi8(_mm_add_epi8(some, _mm_set1_epi8(static_cast<char>(0x80 - first))),
                          _mm_set1_epi8(static_cast<char>(0x80 + last - first + 1)));
  };
  const __m128i letters = within(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z');
  const __m128i others = _mm_or_si128(within(bytes, '0', '9'), within(bytes, '-', '.'));
  const __m128i marks =
      _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('_')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('~')));
  return _mm_movemask_epi8(_mm_or_si128(letters, _mm_or_si128(others, marks))) == 0xFFFF;
}
#endif

// Writes the text encoded, and up to a word of rubbish behind it; gives the end of the text.
template <size_t kWidth>
char* WriteEncoded(const EncodedBytes<kWidth>& table, absl::string_view text, char* out) {
  const char* in = text.data();
  const char* const end = in + text.size();
#ifdef __SSE2__
  // Keys, tokens and nonces are long and plain.
  for (; end - in >= 16; in += 16, out += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in));
    if (!AreUnreserved(bytes)) break;
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
  }
#endif
  for (; in != end; ++in) out = table[static_cast<unsigned char>(*in)].Write(out);
  return out;
}

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_ENCODED_BYTES_H_
