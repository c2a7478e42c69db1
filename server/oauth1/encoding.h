// Percent-encoding (RFC 5849 section 3.6) and the application/x-www-form-urlencoded format.
#ifndef OAUTH1D_SERVER_OAUTH1_ENCODING_H_
#define OAUTH1D_SERVER_OAUTH1_ENCODING_H_

#include <string>

#include "absl/strings/string_view.h"
#include "server/oauth1/parameter.h"

namespace oauth1d::oauth1 {

// The media type of encoded forms.
inline constexpr char kFormType[] = "application/x-www-form-urlencoded";

// ALPHA, DIGIT, '-', '.', '_' and '~' stay; every other byte becomes %XX in upper case.
std::string PercentEncode(absl::string_view text);
void AppendPercentEncoded(absl::string_view text, std::string& out);

// Decodes %XX. What is no %XX stays as it is: what a provider or a browser sent is read, not judged.
std::string PercentDecode(absl::string_view text);

// A query or a form body: '&' separates, the first '=' splits, '+' is a space, empty pieces are skipped.
Parameters ParseForm(absl::string_view text);

// The inverse, with RFC 5849's percent-encoding: a space is %20, which every form parser reads.
std::string EncodeForm(const Parameters& parameters);

// True for well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool IsUtf8(absl::string_view text);

// True if there is a byte below 0x20, or 0x7F: CR, LF, NUL, tab and their like.
bool HasControlCharacters(absl::string_view text);

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_ENCODING_H_
