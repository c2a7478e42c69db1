#include "server/config/header_builder.h"
#include "server/base/http_token.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace oauth1d::config {
namespace {

constexpr std::array<absl::string_view, 15> kOurs = {"host",
                                                     "authorization",
                                                     "accept-encoding",
                                                     "transfer-encoding",
                                                     "connection",
                                                     "te",
                                                     "keep-alive",
                                                     "trailer",
                                                     "upgrade",
                                                     "expect",
                                                     "cookie",
                                                     "cookie2",
                                                     "http2-settings",
                                                     "via",
                                                     "forwarded"};

bool IsOurs(absl::string_view name) {
  const std::string lower = absl::AsciiStrToLower(name);
  return std::find(kOurs.begin(), kOurs.end(), lower) != kOurs.end() || absl::StartsWith(lower, "proxy-") ||
         absl::StartsWith(lower, "content-");
}

}  // namespace

oauth1::Parameters BuildParameters(const NameValues& from, const Place& place, absl::string_view field) {
  oauth1::Parameters parameters;
  for (int i = 0; i < from.size(); ++i) {
    const Place at = place.At(field, i);
    if (from[i].name().empty()) {
      at.Fault("name", "is required");
    } else if (absl::StartsWithIgnoreCase(from[i].name(), "oauth_")) {
      at.Fault("name", "begins with oauth_: the protocol's parameters have fields of their own");
    }
    parameters.push_back({from[i].name(), from[i].value()});
  }
  return parameters;
}

oauth1::Parameters BuildHeaders(const v1::Provider& from, const Place& place, TemplateUse& use) {
  oauth1::Parameters headers;
  std::set<std::string> seen;
  for (int i = 0; i < from.headers_size(); ++i) {
    const v1::NameValue& header = from.headers(i);
    const Place at = place.At("headers", i);
    if (header.name().empty()) {
      at.Fault("name", "is required");
    } else if (!IsHttpToken(header.name())) {
      at.Fault("name", "is no header name (RFC 9110 section 5.6.2)");
    } else if (IsOurs(header.name())) {
      at.Fault("name", "is the service's to set");
    } else if (!seen.insert(absl::AsciiStrToLower(header.name())).second) {
      at.Fault("name", "stands here a second time");
    }
    if (use.Take(header.value(), at.At("value"), RequestUrl::kFault))
      headers.push_back({header.name(), header.value()});
  }
  return headers;
}

}  // namespace oauth1d::config
