#include "server/flow/caller_input.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "server/base/http_token.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::flow {
namespace {

constexpr size_t kMostHeaders = 100;
constexpr size_t kMostHeaderBytes = 32 * 1024;

constexpr std::array<absl::string_view, 15> kOurs = {
    "host",    "authorization", "content-length", "transfer-encoding", "connection",     "te",  "keep-alive", "trailer",
    "upgrade", "expect",        "cookie",         "cookie2",           "http2-settings", "via", "forwarded"};

// Authorization stands in no answer but that of an echo, which would show the user's token.
constexpr std::array<absl::string_view, 10> kNotForCallers = {
    "connection", "keep-alive",  "transfer-encoding", "te",           "trailer", "upgrade",
    "set-cookie", "set-cookie2", "www-authenticate",  "authorization"};

template <size_t N>
bool Contains(const std::array<absl::string_view, N>& names, absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Field values may hold tabs and bytes from 0x80 on (RFC 9110 section 5.5), but no other control character.
bool IsFieldValue(absl::string_view value) {
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return c == '\t' || !absl::ascii_iscntrl(static_cast<unsigned char>(c)); });
}

}  // namespace

void CheckNoProtocolParameters(const oauth1::Parameters& parameters, absl::string_view field,
                               FieldViolations& violations) {
  for (size_t i = 0; i < parameters.size() && !violations.full(); ++i) {
    if (absl::StartsWithIgnoreCase(parameters[i].name, "oauth_")) {
      violations.Add(absl::StrCat(field, "[", i, "].name"), "begins with oauth_; those parameters are the service's");
    }
  }
}

void CheckAllowedParameters(const oauth1::Parameters& parameters, const std::vector<std::string>& allowed,
                            absl::string_view field, FieldViolations& violations) {
  CheckNoProtocolParameters(parameters, field, violations);
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (std::find(allowed.begin(), allowed.end(), parameters[i].name) == allowed.end()) {
      violations.Add(absl::StrCat(field, "[", i, "].name"),
                     allowed.empty()
                         ? "is not allowed; the configuration allows none"
                         : absl::StrCat("is not allowed; the configuration allows ", absl::StrJoin(allowed, ", ")));
    }
    if (oauth1::HasControlCharacters(parameters[i].value)) {
      violations.Add(absl::StrCat(field, "[", i, "].value"), "has a control character");
    }
  }
}

void CheckHeaders(const std::vector<egress::HeaderField>& headers, absl::string_view field,
                  FieldViolations& violations) {
  size_t bytes = 0;
  for (const egress::HeaderField& header : headers) bytes += header.name.size() + header.value.size();
  if (headers.size() > kMostHeaders || bytes > kMostHeaderBytes) {
    violations.Add(field, absl::StrCat("has more than ", kMostHeaders, " fields or ", kMostHeaderBytes, " bytes"));
    return;
  }
  for (size_t i = 0; i < headers.size(); ++i) {
    const std::string path = absl::StrCat(field, "[", i, "]");
    const std::string name = absl::StrReplaceAll(absl::AsciiStrToLower(headers[i].name), {{"_", "-"}});
    if (!IsHttpToken(headers[i].name)) {
      violations.Add(path + ".name", "is no header name (RFC 9110 section 5.6.2)");
    } else if (name == "content-type") {
      violations.Add(path + ".name", "is told by the field content_type");
    } else if (Contains(kOurs, name) || absl::StartsWith(name, "proxy-")) {
      violations.Add(path + ".name", "is the service's to set");
    }
    if (!IsFieldValue(headers[i].value)) violations.Add(path + ".value", "has a control character");
  }
}

std::vector<egress::HeaderField> VisibleHeaders(std::vector<egress::HeaderField> headers) {
  std::vector<std::string> hop_by_hop;
  for (const egress::HeaderField& header : headers) {
    if (!absl::EqualsIgnoreCase(header.name, "connection")) continue;
    for (const absl::string_view name : absl::StrSplit(header.value, ',')) {
      hop_by_hop.push_back(absl::AsciiStrToLower(absl::StripAsciiWhitespace(name)));
    }
  }
  std::erase_if(headers, [&](const egress::HeaderField& header) {
    const std::string name = absl::AsciiStrToLower(header.name);
    return Contains(kNotForCallers, name) || absl::StartsWith(name, "proxy-") ||
           std::find(hop_by_hop.begin(), hop_by_hop.end(), name) != hop_by_hop.end();
  });
  return headers;
}

}  // namespace oauth1d::flow
