#include "server/oauth1/url.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "server/base/status_macros.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::oauth1 {
namespace {

absl::Status CheckCharacters(absl::string_view text, absl::string_view beyond_alphanumeric) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '%') {
      if (i + 2 >= text.size() || !absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 1])) ||
          !absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 2]))) {
        return absl::InvalidArgumentError("has a % that begins no %XX; write %25 for a percent sign");
      }
    } else if (!absl::ascii_isalnum(c) && !absl::StrContains(beyond_alphanumeric, text[i])) {
      return absl::InvalidArgumentError(absl::StrFormat("has the byte 0x%02X, which must be percent-encoded", c));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckHost(absl::string_view host) {
  if (host.empty()) return absl::InvalidArgumentError("has no host");
  for (const char c : host) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '-' && c != '_') {
      return absl::InvalidArgumentError("has a host that is no ASCII name or address");
    }
  }
  if (absl::StartsWith(host, ".") || absl::EndsWith(host, ".") || absl::StrContains(host, "..")) {
    return absl::InvalidArgumentError("has a host with an empty label or a trailing dot");
  }
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

absl::StatusOr<Origin> ParseAuthority(bool tls, absl::string_view authority) {
  Origin origin;
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
  if (port.empty() || port == ":") return origin;
  int number = 0;
  const bool digits = port.size() <= 6 && port.substr(1).find_first_not_of("0123456789") == absl::string_view::npos;
  if (!absl::ConsumePrefix(&port, ":") || !digits || !absl::SimpleAtoi(port, &number) || number < 1 || number > 65535) {
    return absl::InvalidArgumentError("has a port that is no number from 1 to 65535");
  }
  origin.port = static_cast<uint16_t>(number);
  return origin;
}

}  // namespace

absl::Status CheckPathCharacters(absl::string_view path) { return CheckCharacters(path, "-._~!$&'()*+,;=:@/"); }

absl::Status CheckQueryCharacters(absl::string_view query) { return CheckCharacters(query, "-._~!$&'()*+,;=:@/?[]"); }

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
  const size_t authority_end = std::min(text.find_first_of("/?"), text.size());
  ASSIGN_OR_RETURN(url.origin_, ParseAuthority(tls, text.substr(0, authority_end)));
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
  const bool ipv6 = absl::StrContains(origin_.host, ':');
  std::string text = ipv6 ? absl::StrCat("[", origin_.host, "]") : origin_.host;
  if (origin_.port != (origin_.tls ? 443 : 80)) absl::StrAppend(&text, ":", origin_.port);
  return text;
}

std::string Url::ToString() const {
  return absl::StrCat(origin_.tls ? "https://" : "http://", HostAndPort(), Target());
}

std::string Url::BaseStringUri() const {
  return absl::StrCat(origin_.tls ? "https://" : "http://", HostAndPort(), path_);
}

Url Url::WithParameter(absl::string_view name, absl::string_view value) const {
  return WithEncodedQuery(absl::StrCat(PercentEncode(name), "=", PercentEncode(value)));
}

Url Url::WithEncodedQuery(absl::string_view encoded) const {
  Url url = *this;
  if (encoded.empty()) return url;
  if (!url.query_.empty() && !absl::EndsWith(url.query_, "&")) url.query_.push_back('&');
  absl::StrAppend(&url.query_, encoded);
  url.has_query_ = true;
  return url;
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
