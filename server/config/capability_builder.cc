#include "server/config/capability_builder.h"

#include <array>
#include <optional>

#include "absl/strings/str_cat.h"
#include "server/config/choice.h"

namespace oauth1d::config {
namespace {

using providers::Capability;

constexpr std::array<Choice<Capability>, 6> kCapabilities = {{{"three_legged", Capability::kThreeLegged},
                                                              {"two_legged", Capability::kTwoLegged},
                                                              {"out_of_band", Capability::kOutOfBand},
                                                              {"xauth", Capability::kXauth},
                                                              {"import_only", Capability::kImportOnly},
                                                              {"token_exchange_only", Capability::kTokenExchangeOnly}}};

bool HasLoginUrls(const v1::Provider& from) {
  return !from.request_token_url().empty() && !from.authorize_url().empty() && !from.access_token_url().empty();
}

// What the capability needs and the provider lacks; empty: nothing.
absl::string_view Lacks(Capability capability, const v1::Provider& from) {
  switch (capability) {
    case Capability::kThreeLegged:
    case Capability::kOutOfBand:
      return HasLoginUrls(from) ? "" : "request_token_url, authorize_url and access_token_url";
    case Capability::kXauth:
      return from.access_token_url().empty() ? "access_token_url" : "";
    case Capability::kTwoLegged:
    case Capability::kImportOnly:
      return from.api_base_urls().empty() ? "api_base_urls" : "";
    case Capability::kTokenExchangeOnly:
      return from.access_token_url().empty() && from.api_base_urls().empty() ? "access_token_url or api_base_urls" : "";
  }
  return "";
}

// Whether tokens that are made elsewhere are all there is.
bool ContradictsImportOnly(Capability capability) {
  return capability == Capability::kThreeLegged || capability == Capability::kOutOfBand ||
         capability == Capability::kXauth || capability == Capability::kTokenExchangeOnly;
}

// A password has no place in a URL: those end up in logs.
void CheckPasswords(const v1::Provider& from, const Place& place) {
  const v1::Phase& phase = from.access_token();
  const bool with_protocol = phase.parameters_in() == "header";
  if (phase.method() != "GET" && phase.parameters_in() != "query" && !(with_protocol && phase.placement() == "query")) {
    return;
  }
  place.Fault(
      "xauth sends a password, which has no place in a URL: access_token needs method POST and parameters_in body");
}

}  // namespace

void FillCapabilities(v1::Provider& provider) {
  if (!provider.capabilities().empty()) return;
  if (HasLoginUrls(provider)) provider.add_capabilities("three_legged");
  if (!provider.api_base_urls().empty()) provider.add_capabilities("two_legged");
  if (HasLoginUrls(provider)) provider.add_capabilities("out_of_band");
}

std::set<Capability> BuildCapabilities(const v1::Provider& from, const Place& place) {
  std::set<Capability> capabilities;
  for (int i = 0; i < from.capabilities_size(); ++i) {
    const Place at = place.At("capabilities", i);
    const std::optional<Capability> capability = Choose(kCapabilities, from.capabilities(i), at);
    if (!capability.has_value()) continue;
    if (*capability == Capability::kXauth) CheckPasswords(from, at);
    const absl::string_view lacks = Lacks(*capability, from);
    if (!lacks.empty()) {
      at.Fault(absl::StrCat(from.capabilities(i), " needs ", lacks));
    } else if (!capabilities.insert(*capability).second) {
      at.Fault("stands here a second time");
    }
  }
  if (capabilities.count(Capability::kImportOnly) == 0) return capabilities;
  for (int i = 0; i < from.capabilities_size(); ++i) {
    for (const Choice<Capability>& choice : kCapabilities) {
      if (choice.word != from.capabilities(i) || !ContradictsImportOnly(choice.value)) continue;
      place.At("capabilities", i)
          .Fault("contradicts import_only, which says that tokens are made elsewhere and sign requests here");
    }
  }
  return capabilities;
}

}  // namespace oauth1d::config
