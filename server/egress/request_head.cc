#include "server/egress/request_head.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/base/http_token.h"

namespace oauth1d::egress {
namespace {

bool IsTarget(absl::string_view text) {
  return absl::StartsWith(text, "/") &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

bool IsValue(absl::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool IsOurs(absl::string_view name) {
  for (const char* const ours : {"Host", "Content-Length", "Connection", "Transfer-Encoding"}) {
    if (absl::EqualsIgnoreCase(name, ours)) return true;
  }
  return false;
}

// What it would be in a URL: without the scheme's own port.
std::string HostOf(const Origin& origin) {
  const bool v6 = absl::StrContains(origin.host, ':');
  const std::string host = v6 ? absl::StrCat("[", origin.host, "]") : origin.host;
  return origin.port == (origin.tls ? 443 : 80) ? host : absl::StrCat(host, ":", origin.port);
}

bool UsuallyHasBody(absl::string_view method) { return method == "POST" || method == "PUT" || method == "PATCH"; }

}  // namespace

absl::StatusOr<std::string> RequestHead(const HttpRequest& request, std::optional<uint64_t> content_length) {
  if (!IsHttpToken(request.method) || !IsTarget(request.target) || !IsValue(request.origin.host)) {
    return Fail(Reason::kInternal, "a request line that cannot be sent");
  }
  std::string head =
      absl::StrCat(request.method, " ", request.target, " HTTP/1.1\r\nHost: ", HostOf(request.origin), "\r\n");
  for (const HeaderField& field : request.headers) {
    if (!IsHttpToken(field.name) || !IsValue(field.value) || IsOurs(field.name)) {
      return Fail(Reason::kInternal, "a request header that cannot be sent");
    }
    absl::StrAppend(&head, field.name, ": ", field.value, "\r\n");
  }
  if (!content_length.has_value()) {
    head += "Transfer-Encoding: chunked\r\n";
  } else if (*content_length > 0 || UsuallyHasBody(request.method)) {
    absl::StrAppend(&head, "Content-Length: ", *content_length, "\r\n");
  }
  head += "\r\n";
  return head;
}

}  // namespace oauth1d::egress
