// What HTTP calls a token: the names of methods and header fields.
#ifndef OAUTH1D_SERVER_BASE_HTTP_TOKEN_H_
#define OAUTH1D_SERVER_BASE_HTTP_TOKEN_H_

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"

namespace oauth1d {

// RFC 9110 section 5.6.2. An empty text is none.
inline bool IsHttpToken(absl::string_view text) {
  constexpr absl::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [kMarks](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || kMarks.find(c) != absl::string_view::npos;
  });
}

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_BASE_HTTP_TOKEN_H_
