#include "server/config/owner_builder.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/config/grant_builder.h"
#include "server/config/limits_builder.h"
#include "server/config/near_miss.h"
#include "server/config/provider_builder.h"

namespace oauth1d::config {
namespace {

using BuiltProviders = std::vector<std::shared_ptr<const providers::Provider>>;

bool HasXauth(const v1::Provider& provider) {
  return std::find(provider.capabilities().begin(), provider.capabilities().end(), "xauth") !=
         provider.capabilities().end();
}

// What a grant wants and the provider cannot do.
void CheckAgainst(const v1::Provider& provider, const v1::Grant& grant, const Place& at) {
  const std::string name = EscapeForPeople(grant.name(), 64);
  if (!grant.callback_urls().empty() && !HasLogin(provider)) {
    at.Fault("callback_urls",
             absl::StrCat("the provider ", name,
                          " has no login endpoints: leave this out, or set its request_token_url, authorize_url and "
                          "access_token_url"));
  }
  if (grant.password_login() && !HasXauth(provider)) {
    at.Fault("password_login",
             absl::StrCat("the provider ", name, " takes no passwords: xauth is not among its capabilities"));
  }
}

void BuildGrants(const v1::Owner& from, const Place& place, const v1::Config& config, const BuiltProviders& built,
                 providers::Owner& to) {
  std::vector<std::string> names;
  for (const v1::Provider& provider : config.providers()) names.push_back(provider.name());
  std::set<std::string> granted;
  for (int i = 0; i < from.providers_size(); ++i) {
    const v1::Grant& grant = from.providers(i);
    const Place at = place.At("providers", i);
    providers::Grant result = BuildGrant(grant, at);
    if (grant.name().empty()) {
      at.Fault("name", "is required: the name of a provider");
      continue;
    }
    const size_t which = std::find(names.begin(), names.end(), grant.name()) - names.begin();
    if (which == names.size()) {
      at.Fault("name", absl::StrCat("there is no provider \"", EscapeForPeople(grant.name(), 64), "\"",
                                    Suggestion(grant.name(), names)));
      continue;
    }
    if (!granted.insert(grant.name()).second) at.Fault("name", "stands here a second time");
    CheckAgainst(config.providers(static_cast<int>(which)), grant, at);
    result.provider = built[which];
    to.grants.push_back(std::move(result));
  }
}

void BuildAlsoOpens(const v1::Owner& from, const Place& place, const v1::Config& config, providers::Owner& to) {
  std::vector<std::string> others;
  for (const v1::Owner& owner : config.owners()) {
    if (owner.name() != from.name()) others.push_back(owner.name());
  }
  for (int i = 0; i < from.also_opens_size(); ++i) {
    const std::string& name = from.also_opens(i);
    const Place at = place.At("also_opens", i);
    if (name == from.name()) {
      at.Fault("is the owner itself");
    } else if (std::find(others.begin(), others.end(), name) == others.end()) {
      at.Fault(absl::StrCat("there is no owner \"", EscapeForPeople(name, 64), "\"", Suggestion(name, others)));
    } else if (!to.also_opens.insert(name).second) {
      at.Fault("stands here a second time");
    }
  }
}

}  // namespace

std::shared_ptr<const providers::Owner> BuildOwner(const v1::Owner& owner, const Place& place, const v1::Config& config,
                                                   const BuiltProviders& built) {
  auto result = std::make_shared<providers::Owner>();
  result->name = owner.name();
  BuildGrants(owner, place, config, built, *result);
  BuildAlsoOpens(owner, place, config, *result);
  result->in_flight = OptionalLimit(owner.in_flight(), place.At("in_flight"));
  result->pending_flows = OptionalLimit(owner.pending_flows(), place.At("pending_flows"));
  result->calls_per_second = OptionalLimit(owner.calls_per_second(), place.At("calls_per_second"));
  return result;
}

}  // namespace oauth1d::config
