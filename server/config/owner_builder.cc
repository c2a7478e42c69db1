#include "server/config/owner_builder.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/base/status_macros.h"
#include "server/config/near_miss.h"
#include "server/config/provider_builder.h"
#include "server/oauth1/encoding.h"
#include "server/oauth1/url.h"

namespace oauth1d::config {
namespace {

using BuiltProviders = std::vector<std::shared_ptr<const providers::Provider>>;

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

void CheckCallbacks(const v1::Grant& grant, const std::string& path, Findings& findings) {
  std::set<std::string> seen;
  for (int i = 0; i < grant.callback_urls_size(); ++i) {
    const std::string& text = grant.callback_urls(i);
    const std::string at = absl::StrCat(path, ".callback_urls[", i, "]");
    if (absl::Status status = CheckCallback(text); !status.ok()) {
      findings.Fault(at, absl::StrCat("\"", EscapeForPeople(text, 128), "\" ", status.message()));
    } else if (!seen.insert(text).second) {
      findings.Fault(at, "stands here a second time");
    }
  }
}

bool HasXauth(const v1::Provider& provider) {
  return std::find(provider.capabilities().begin(), provider.capabilities().end(), "xauth") !=
         provider.capabilities().end();
}

}  // namespace

std::shared_ptr<const providers::Owner> BuildOwner(const v1::Owner& owner, const std::string& path,
                                                   const v1::Config& config, const BuiltProviders& built,
                                                   Findings& findings) {
  std::vector<std::string> names;
  for (const v1::Provider& provider : config.providers()) names.push_back(provider.name());
  auto result = std::make_shared<providers::Owner>();
  result->name = owner.name();
  std::set<std::string> granted;
  for (int i = 0; i < owner.providers_size(); ++i) {
    const v1::Grant& from = owner.providers(i);
    const std::string at = absl::StrCat(path, ".providers[", i, "]");
    CheckCallbacks(from, at, findings);
    if (from.name().empty()) {
      findings.Fault(at + ".name", "is required: the name of a provider");
      continue;
    }
    const size_t which = std::find(names.begin(), names.end(), from.name()) - names.begin();
    if (which == names.size()) {
      findings.Fault(at + ".name", absl::StrCat("there is no provider \"", EscapeForPeople(from.name(), 64), "\"",
                                                Suggestion(from.name(), names)));
      continue;
    }
    if (!granted.insert(from.name()).second) findings.Fault(at + ".name", "stands here a second time");
    const v1::Provider& provider = config.providers(static_cast<int>(which));
    if (!from.callback_urls().empty() && !HasLogin(provider)) {
      findings.Fault(at + ".callback_urls",
                     absl::StrCat("the provider ", EscapeForPeople(from.name(), 64),
                                  " has no login endpoints: leave this out, or set its request_token_url, "
                                  "authorize_url and access_token_url"));
    }
    if (from.password_login() && !HasXauth(provider)) {
      findings.Fault(at + ".password_login", absl::StrCat("the provider ", EscapeForPeople(from.name(), 64),
                                                          " takes no passwords: xauth is not among its capabilities"));
    }
    providers::Grant grant;
    grant.provider = built[which];
    grant.callback_urls.assign(from.callback_urls().begin(), from.callback_urls().end());
    grant.application = from.application();
    grant.password_login = from.password_login();
    result->grants.push_back(std::move(grant));
  }
  return result;
}

}  // namespace oauth1d::config
