#include "oauth1d/cookies.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace oauth1d {
namespace {

constexpr char kSecurePrefix[] = "__Host-";
constexpr char kPrefix[] = "oauth1-";
constexpr size_t kNameLength = 16;   // behind the prefix
constexpr size_t kValueLength = 43;  // 256 bits in base64url
constexpr size_t kMost = 32;

bool IsBase64Url(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isalnum(c) || c == '-' || c == '_'; });
}

bool IsSecure(absl::string_view name) { return absl::StartsWith(name, kSecurePrefix); }

bool IsName(absl::string_view name) {
  absl::ConsumePrefix(&name, kSecurePrefix);
  return absl::ConsumePrefix(&name, kPrefix) && name.size() == kNameLength && IsBase64Url(name);
}

bool IsValue(absl::string_view value) { return value.size() == kValueLength && IsBase64Url(value); }

std::string Attributes(absl::string_view name) {
  return absl::StrCat("; Path=/; HttpOnly; SameSite=Lax", IsSecure(name) ? "; Secure" : "");
}

}  // namespace

std::string SetCookieHeader(const v1::BindingCookie& cookie) {
  if (!IsName(cookie.name()) || !IsValue(cookie.value())) return "";
  std::string header = absl::StrCat(cookie.name(), "=", cookie.value(), Attributes(cookie.name()));
  if (cookie.max_age().seconds() > 0) absl::StrAppend(&header, "; Max-Age=", cookie.max_age().seconds());
  return header;
}

std::string ClearCookieHeader(absl::string_view name) {
  return IsName(name) ? absl::StrCat(name, "=", Attributes(name), "; Max-Age=0") : "";
}

std::vector<v1::BindingCookie> BindingCookies(absl::string_view cookie_header) {
  std::vector<std::pair<absl::string_view, absl::string_view>> found;
  for (const absl::string_view pair : absl::StrSplit(cookie_header, ';')) {
    const size_t equals = pair.find('=');
    if (equals == absl::string_view::npos) continue;
    const std::pair cookie{absl::StripAsciiWhitespace(pair.substr(0, equals)),
                           absl::StripAsciiWhitespace(pair.substr(equals + 1))};
    if (!IsName(cookie.first) || !IsValue(cookie.second)) continue;
    if (std::find(found.begin(), found.end(), cookie) == found.end()) found.push_back(cookie);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& one, const auto& other) { return IsSecure(one.first) < IsSecure(other.first); });
  if (found.size() > kMost) found.erase(found.begin(), found.end() - kMost);
  std::vector<v1::BindingCookie> cookies;
  for (const auto& [name, value] : found) {
    v1::BindingCookie& cookie = cookies.emplace_back();
    cookie.set_name(std::string(name));
    cookie.set_value(std::string(value));
  }
  return cookies;
}

}  // namespace oauth1d
