#include "server/config/grant_builder.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/status_macros.h"
#include "server/config/choice.h"
#include "server/config/limits_builder.h"
#include "server/config/near_miss.h"
#include "server/oauth1/encoding.h"
#include "server/oauth1/url.h"

namespace oauth1d::config {
namespace {

using providers::Grant;

constexpr std::array<Choice<absl::string_view>, 7> kMethods = {{{"GET", "GET"},
                                                                {"POST", "POST"},
                                                                {"PUT", "PUT"},
                                                                {"PATCH", "PATCH"},
                                                                {"DELETE", "DELETE"},
                                                                {"HEAD", "HEAD"},
                                                                {"OPTIONS", "OPTIONS"}}};

absl::Status CheckCallback(const std::string& text) {
  if (text == "oob") return absl::OkStatus();
  ASSIGN_OR_RETURN(const oauth1::Url url, oauth1::Url::Parse(text));
  if (!url.origin().tls && !oauth1::IsLoopbackHost(url.origin().host)) {
    return absl::InvalidArgumentError(
        "is plain http, which shows logins to the network: use https (behind a proxy, let the framework see "
        "X-Forwarded-Proto); http only on 127.0.0.1, [::1] or localhost");
  }
  for (const auto& parameter : oauth1::ParseForm(url.query())) {
    if (parameter.name == "state") return absl::InvalidArgumentError("has a query parameter state, which oauth1d adds");
    if (absl::StartsWith(parameter.name, "oauth_")) {
      return absl::InvalidArgumentError("has a query parameter that begins with oauth_, which the provider adds");
    }
  }
  return absl::OkStatus();
}

void BuildCallbacks(const v1::Grant& from, const Place& place, Grant& to) {
  std::set<std::string> seen;
  for (int i = 0; i < from.callback_urls_size(); ++i) {
    const std::string& text = from.callback_urls(i);
    const Place at = place.At("callback_urls", i);
    if (absl::Status status = CheckCallback(text); !status.ok()) {
      at.Fault(absl::StrCat(Quoted(text), " ", status.message()));
    } else if (!seen.insert(text).second) {
      at.Fault("stands here a second time");
    }
    to.callback_urls.push_back(text);
  }
}

// An empty list would mean all of them to us, and perhaps none of them to whoever wrote it.
void CheckNotEmpty(int size, const Place& at) {
  if (size > 0 || !at.findings().IsWritten(at.path())) return;
  at.Fault("is empty: leave it out to allow all of them; to allow nothing, leave the provider out");
}

void BuildRpcs(const v1::Grant& from, const Place& place, Grant& to) {
  CheckNotEmpty(from.rpcs_size(), place.At("rpcs"));
  const std::vector<std::string> names(providers::kRpcNames.begin(), providers::kRpcNames.end());
  for (int i = 0; i < from.rpcs_size(); ++i) {
    const Place at = place.At("rpcs", i);
    const std::optional<providers::Rpc> rpc = providers::RpcOf(from.rpcs(i));
    if (!rpc.has_value()) {
      at.Fault(absl::StrCat("there is no RPC ", Quoted(from.rpcs(i)), Suggestion(from.rpcs(i), names)));
    } else if (!to.rpcs.insert(*rpc).second) {
      at.Fault("stands here a second time");
    }
  }
}

void BuildMethods(const v1::Grant& from, const Place& place, Grant& to) {
  CheckNotEmpty(from.methods_size(), place.At("methods"));
  for (int i = 0; i < from.methods_size(); ++i) {
    const Place at = place.At("methods", i);
    const std::optional<absl::string_view> method = Choose(kMethods, from.methods(i), at);
    if (method.has_value() && !to.methods.insert(std::string(*method)).second) at.Fault("stands here a second time");
  }
}

bool IsDots(absl::string_view segment) { return segment == "." || segment == ".."; }

// Paths are compared as they go on the wire, and what does not go there cannot match; what servers resolve could match
// more than was meant.
absl::Status CheckPrefix(absl::string_view prefix) {
  if (!absl::StartsWith(prefix, "/")) return absl::InvalidArgumentError("must begin with /");
  if (prefix.find_first_of("?#") != absl::string_view::npos) {
    return absl::InvalidArgumentError("holds a query or a fragment: only the path counts");
  }
  if (!std::all_of(prefix.begin(), prefix.end(), [](char c) { return c > ' ' && c < 0x7F && c != '\\'; })) {
    return absl::InvalidArgumentError("holds what no path has on the wire: percent-encode it");
  }
  const std::vector<absl::string_view> segments = absl::StrSplit(prefix, '/');
  if (std::any_of(segments.begin(), segments.end(), IsDots)) {
    return absl::InvalidArgumentError("has a segment of dots: write out where it leads");
  }
  if (absl::StrContains(absl::AsciiStrToLower(prefix), "%2e")) {
    return absl::InvalidArgumentError("holds %2e: write a dot as a dot");
  }
  return absl::OkStatus();
}

void BuildPrefixes(const v1::Grant& from, const Place& place, Grant& to) {
  CheckNotEmpty(from.path_prefixes_size(), place.At("path_prefixes"));
  for (int i = 0; i < from.path_prefixes_size(); ++i) {
    const std::string& prefix = from.path_prefixes(i);
    const Place at = place.At("path_prefixes", i);
    if (absl::Status status = CheckPrefix(prefix); !status.ok()) {
      at.Fault(absl::StrCat(Quoted(prefix), " ", status.message()));
    } else if (std::find(to.path_prefixes.begin(), to.path_prefixes.end(), prefix) != to.path_prefixes.end()) {
      at.Fault("stands here a second time");
    }
    to.path_prefixes.push_back(prefix);
  }
}

}  // namespace

Grant BuildGrant(const v1::Grant& from, const Place& place) {
  Grant to;
  BuildCallbacks(from, place, to);
  to.application = from.application();
  to.password_login = from.password_login();
  BuildRpcs(from, place, to);
  BuildMethods(from, place, to);
  BuildPrefixes(from, place, to);
  to.in_flight = OptionalLimit(from.in_flight(), place.At("in_flight"));
  to.calls_per_second = OptionalLimit(from.calls_per_second(), place.At("calls_per_second"));
  return to;
}

}  // namespace oauth1d::config
