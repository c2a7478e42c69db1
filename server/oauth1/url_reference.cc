#include "server/oauth1/url_reference.h"

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "server/base/failure.h"
#include "server/base/status_macros.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::oauth1 {
namespace {

// Nobody encodes a path more often than this but to hide something, and each decoding costs its length.
constexpr int kMostDecodings = 8;

absl::Status Outside(absl::string_view why) {
  return Fail(Reason::kDestinationDenied, absl::StrCat("url leads out of the provider's API bases: ", why));
}

// RFC 3986 section 3.1, when it is followed by a colon.
bool HasScheme(absl::string_view text) {
  if (text.empty() || !absl::ascii_isalpha(static_cast<unsigned char>(text[0]))) return false;
  for (const char c : text) {
    if (c == ':') return true;
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '+' && c != '-' && c != '.') return false;
  }
  return false;
}

// RFC 3986 section 5.2.4, for a path that begins with '/'.
std::string RemoveDotSegments(absl::string_view path) {
  std::vector<absl::string_view> kept;
  const std::vector<absl::string_view> segments = absl::StrSplit(path.substr(1), '/');
  for (size_t i = 0; i < segments.size(); ++i) {
    const bool last = i + 1 == segments.size();
    if (segments[i] == "." || segments[i] == "..") {
      if (segments[i] == ".." && !kept.empty()) kept.pop_back();
      if (last) kept.push_back("");
    } else {
      kept.push_back(segments[i]);
    }
  }
  return absl::StrCat("/", absl::StrJoin(kept, "/"));
}

// After every decoding that a server may do: is there a segment that climbs? A '?' or '#' that shows ends the path
// for whoever reads it again then; control characters are cut out or end the text, so none may be there.
bool HidesDotSegment(absl::string_view path) {
  std::string text(path);
  for (int decodings = 0; decodings < kMostDecodings; ++decodings) {
    // Overlong and fullwidth dots and slashes: old servers read them as plain ones.
    const std::string plain = absl::StrReplaceAll(
        text,
        {{"\xc0\xae", "."}, {"\xef\xbc\x8e", "."}, {"\xe2\x80\xa4", "."}, {"\xc0\xaf", "/"}, {"\xef\xbc\x8f", "/"}});
    for (const absl::string_view segment : absl::StrSplit(plain, absl::ByAnyChar("/\\"))) {
      // Some cut spaces off; and of a segment that is nothing but dots and spaces nobody knows what it is.
      const std::string name = absl::StrReplaceAll(segment.substr(0, segment.find_first_of(";?#")), {{" ", ""}});
      if (name == "." || name == "..") return true;
    }
    std::string decoded = PercentDecode(text);
    if (decoded == text) return HasControlCharacters(text);
    text = std::move(decoded);
  }
  return true;
}

bool IsInside(const Url& base, const Url& url) {
  return url.origin() == base.origin() && absl::StartsWith(url.path(), base.path());
}

// RFC 3986 section 5.2.2, for a reference without scheme and authority.
absl::StatusOr<Url> Join(const Url& base, absl::string_view reference) {
  const size_t question = reference.find('?');
  const bool has_query = question != absl::string_view::npos;
  const absl::string_view path = reference.substr(0, question);
  const absl::string_view query = has_query ? reference.substr(question + 1) : absl::string_view();
  RETURN_IF_ERROR(CheckPathCharacters(path));
  RETURN_IF_ERROR(CheckQueryCharacters(query));
  std::string joined;
  if (path.empty()) {
    joined = base.path();
  } else if (absl::StartsWith(path, "/")) {
    joined = std::string(path);
  } else {
    joined = absl::StrCat(absl::string_view(base.path()).substr(0, base.path().rfind('/') + 1), path);
  }
  return Url::FromParts(base.origin(), std::move(joined), std::string(query), has_query);
}

}  // namespace

absl::StatusOr<Url> ResolveInside(const std::vector<Url>& bases, absl::string_view reference) {
  if (bases.empty()) return Outside("the provider has none");
  if (HasControlCharacters(reference)) return absl::InvalidArgumentError("has a control character");
  if (absl::StrContains(reference, '#')) return absl::InvalidArgumentError("has a fragment (#)");
  if (absl::StrContains(reference.substr(0, reference.find('?')), '\\')) return Outside("it has a backslash");
  const bool absolute = HasScheme(reference);
  const bool network_path = absl::StartsWith(reference, "//");
  const std::string scheme = bases[0].origin().tls ? "https:" : "http:";
  const std::string whole = network_path ? absl::StrCat(scheme, reference) : std::string(reference);
  if (absolute || network_path) {
    if (!absl::StartsWithIgnoreCase(whole, "https://") && !absl::StartsWithIgnoreCase(whole, "http://")) {
      return Outside("another scheme");
    }
    const size_t host = whole.find("//") + 2;
    const size_t authority_end = std::min(whole.find_first_of("/?", host), whole.size());
    if (absl::StrContains(whole.substr(host, authority_end - host), '@')) return Outside("it has user information");
  }
  ASSIGN_OR_RETURN(Url url, absolute || network_path ? Url::Parse(whole) : Join(bases[0], reference));
  url = Url::FromParts(url.origin(), RemoveDotSegments(url.path()), url.query(), url.has_query());
  if (HidesDotSegment(url.path())) return Outside("it hides a dot segment");
  for (const Url& base : bases) {
    if (IsInside(base, url)) return url;
  }
  return Outside("not below any of them");
}

}  // namespace oauth1d::oauth1
