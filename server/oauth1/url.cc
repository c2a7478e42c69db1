#include "server/oauth1/url.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "server/base/status_macros.h"
#include "server/oauth1/encoded_bytes.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::oauth1 {
namespace {

// What a part of a URL may hold.
using Characters = std::array<bool, 256>;

constexpr Characters AlphanumericAnd(absl::string_view others) {
  Characters characters{};
  for (char c = '0'; c <= '9'; ++c) characters[static_cast<unsigned char>(c)] = true;
  for (char c = 'A'; c <= 'Z'; ++c) characters[static_cast<unsigned char>(c)] = true;
  for (char c = 'a'; c <= 'z'; ++c) characters[static_cast<unsigned char>(c)] = true;
  for (const char c : others) characters[static_cast<unsigned char>(c)] = true;
  return characters;
}
constexpr Characters kHostCharacters = AlphanumericAnd("-._");
constexpr Characters kPathCharacters = AlphanumericAnd("-._~%!$&'()*+,;=:@/");
constexpr Characters kQueryCharacters = AlphanumericAnd("-._~%!$&'()*+,;=:@/?[]");

// A '%' passes: what begins with it is looked at apart.
absl::Status CheckCharacters(absl::string_view text, const Characters& allowed) {
  bool all = true;
  for (const char c : text) all &= allowed[static_cast<unsigned char>(c)];
  if (!all) {
    const char* const stranger =
        std::find_if_not(text.begin(), text.end(), [&](char c) { return allowed[static_cast<unsigned char>(c)]; });
    return absl::InvalidArgumentError(
        absl::StrFormat("has the byte 0x%02X, which must be percent-encoded", static_cast<unsigned char>(*stranger)));
  }
  for (size_t percent = text.find('%'); percent != absl::string_view::npos; percent = text.find('%', percent + 3)) {
    if (percent + 2 >= text.size() || HexValue(text[percent + 1]) < 0 || HexValue(text[percent + 2]) < 0) {
      return absl::InvalidArgumentError("has a % that begins no %XX; write %25 for a percent sign");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckHost(absl::string_view host) {
  if (host.empty()) return absl::InvalidArgumentError("has no host");
  char before = '.';
  bool empty_label = host.back() == '.';
  for (const char c : host) {
    if (!kHostCharacters[static_cast<unsigned char>(c)]) {
      return absl::InvalidArgumentError("has a host that is no ASCII name or address");
    }
    empty_label |= c == '.' && before == '.';
    before = c;
  }
  if (empty_label) return absl::InvalidArgumentError("has a host with an empty label or a trailing dot");
  return absl::OkStatus();
}

absl::Status CheckIpv6(absl::string_view host) {
  if (host.size() < 2) return absl::InvalidArgumentError("has an empty IPv6 address");
  for (const char c : host) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c)) && c != ':' && c != '.') {
      return absl::InvalidArgumentError("has brackets around what is no IPv6 address");
    }
  }
  if (!absl::StrContains(host, ':') || !ParseAddressBlock(host).ok()) {
    return absl::InvalidArgumentError("has brackets around what is no IPv6 address");
  }
  return absl::OkStatus();
}

absl::Status ParseAuthority(bool tls, absl::string_view authority, Origin& origin) {
  origin.tls = tls;
  origin.port = tls ? 443 : 80;
  if (absl::StrContains(authority, '@')) return absl::InvalidArgumentError("has user information before an @");
  absl::string_view port;
  if (absl::ConsumePrefix(&authority, "[")) {
    const size_t end = authority.find(']');
    if (end == absl::string_view::npos) return absl::InvalidArgumentError("has an unclosed bracket");
    RETURN_IF_ERROR(CheckIpv6(authority.substr(0, end)));
    origin.host = absl::AsciiStrToLower(authority.substr(0, end));
    port = authority.substr(end + 1);
  } else {
    const size_t colon = std::min(authority.find(':'), authority.size());
    RETURN_IF_ERROR(CheckHost(authority.substr(0, colon)));
    origin.host = absl::AsciiStrToLower(authority.substr(0, colon));
    port = authority.substr(colon);
  }
  if (port.empty() || port == ":") return absl::OkStatus();
  int number = 0;
  const bool digits = port.size() <= 6 && port.substr(1).find_first_not_of("0123456789") == absl::string_view::npos;
  if (!absl::ConsumePrefix(&port, ":") || !digits || !absl::SimpleAtoi(port, &number) || number < 1 || number > 65535) {
    return absl::InvalidArgumentError("has a port that is no number from 1 to 65535");
  }
  origin.port = static_cast<uint16_t>(number);
  return absl::OkStatus();
}

void AppendHostAndPort(const Origin& origin, std::string& out) {
  const bool ipv6 = absl::StrContains(origin.host, ':');
  if (ipv6) out.push_back('[');
  out += origin.host;
  if (ipv6) out.push_back(']');
  if (origin.port != (origin.tls ? 443 : 80)) absl::StrAppend(&out, ":", origin.port);
}

}  // namespace

absl::Status CheckPathCharacters(absl::string_view path) { return CheckCharacters(path, kPathCharacters); }

absl::Status CheckQueryCharacters(absl::string_view query) { return CheckCharacters(query, kQueryCharacters); }

absl::StatusOr<Url> Url::Parse(absl::string_view text) {
  Url url;
  bool tls = true;
  if (absl::StartsWithIgnoreCase(text, "https://")) {
    text.remove_prefix(8);
  } else if (absl::StartsWithIgnoreCase(text, "http://")) {
    tls = false;
    text.remove_prefix(7);
  } else {
    return absl::InvalidArgumentError("does not begin with https:// or http://");
  }
  if (absl::StrContains(text, '#')) return absl::InvalidArgumentError("has a fragment (#)");
  const size_t authority_end =
      std::find_if(text.begin(), text.end(), [](char c) { return c == '/' || c == '?'; }) - text.begin();
  RETURN_IF_ERROR(ParseAuthority(tls, text.substr(0, authority_end), url.origin_));
  text.remove_prefix(authority_end);
  const size_t question = text.find('?');
  if (question != absl::string_view::npos) {
    url.has_query_ = true;
    url.query_ = std::string(text.substr(question + 1));
    text = text.substr(0, question);
  }
  if (!text.empty()) url.path_ = std::string(text);
  RETURN_IF_ERROR(CheckPathCharacters(url.path_));
  RETURN_IF_ERROR(CheckQueryCharacters(url.query_));
  return url;
}

Url Url::FromParts(Origin origin, std::string path, std::string query, bool has_query) {
  Url url;
  url.origin_ = std::move(origin);
  url.path_ = std::move(path);
  url.query_ = std::move(query);
  url.has_query_ = has_query;
  return url;
}

std::string Url::Target() const { return has_query_ ? absl::StrCat(path_, "?", query_) : path_; }

std::string Url::HostAndPort() const {
  std::string text;
  AppendHostAndPort(origin_, text);
  return text;
}

std::string Url::ToString() const {
  return absl::StrCat(origin_.tls ? "https://" : "http://", HostAndPort(), Target());
}

std::string Url::BaseStringUri() const {
  std::string uri;
  AppendBaseStringUri(uri);
  return uri;
}

void Url::AppendBaseStringUri(std::string& out) const {
  out += origin_.tls ? "https://" : "http://";
  AppendHostAndPort(origin_, out);
  out += path_;
}

Url Url::WithParameter(absl::string_view name, absl::string_view value) const {
  return WithEncodedQuery(absl::StrCat(PercentEncode(name), "=", PercentEncode(value)));
}

Url Url::WithEncodedQuery(absl::string_view encoded) const {
  Url url = *this;
  url.AppendEncodedQuery(encoded);
  return url;
}

void Url::AppendEncodedQuery(absl::string_view encoded) {
  if (encoded.empty()) return;
  if (!query_.empty() && query_.back() != '&') query_.push_back('&');
  query_.append(encoded.data(), encoded.size());
  has_query_ = true;
}

bool IsLoopbackHost(absl::string_view host) {
  if (host == "localhost" || host == "::1") return true;
  const std::vector<absl::string_view> parts = absl::StrSplit(host, '.');
  if (parts.size() != 4 || parts[0] != "127") return false;
  for (const absl::string_view part : parts) {
    int number = 0;
    if (!absl::SimpleAtoi(part, &number) || number < 0 || number > 255) return false;
  }
  return true;
}

}  // namespace oauth1d::oauth1
