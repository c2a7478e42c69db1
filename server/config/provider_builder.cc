#include "server/config/provider_builder.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/config/capability_builder.h"
#include "server/config/choice.h"
#include "server/config/consumer_builder.h"
#include "server/config/endpoint_builder.h"
#include "server/config/login_builder.h"
#include "server/config/network_rules_builder.h"
#include "server/config/phase_builder.h"
#include "server/config/place.h"
#include "server/config/sunset.h"
#include "server/config/token_life_builder.h"

namespace oauth1d::config {
namespace {

constexpr std::array<Choice<oauth1::BodyHash>, 3> kBodyHashes = {
    {{"none", oauth1::BodyHash::kNone}, {"sha1", oauth1::BodyHash::kSha1}, {"sha256", oauth1::BodyHash::kSha256}}};
constexpr std::array<Choice<bool>, 2> kTimestamps = {{{"clock", false}, {"monotonic", true}}};

void BuildRequests(const v1::Provider& from, const Place& place, providers::Provider& to) {
  ChooseInto(kBodyHashes, from.body_hash(), place.At("body_hash"), to.body_hash);
  ChooseInto(kTimestamps, from.timestamps(), place.At("timestamps"), to.monotonic_timestamps);
  to.sign_multipart_fields = from.sign_multipart_fields();
  to.send_version = from.send_version();
  to.empty_token = from.empty_token();
  to.bare_plaintext = from.bare_plaintext();
  to.trace_context = from.trace_context();
  to.reveal_provider_token = from.reveal_provider_token();
  to.explain_with_signature = from.explain_with_signature();
  to.timestamp_refused.assign(from.timestamp_refused().begin(), from.timestamp_refused().end());
  for (int i = 0; i < from.timestamp_refused_size(); ++i) {
    if (from.timestamp_refused(i).empty()) place.At("timestamp_refused", i).Fault("is empty: every answer holds that");
  }
}

}  // namespace

std::shared_ptr<const providers::Provider> BuildProvider(const v1::Provider& provider, const std::string& path,
                                                         absl::Time now, Sources& sources, Findings& findings) {
  const Place place(path, findings);
  providers::Provider to;
  to.name = provider.name();
  to.title = provider.title();
  to.icon_hint = provider.record().empty() ? provider.name() : provider.record();
  to.sunset_date = provider.sunset_date();
  CheckSunset(to.sunset_date, place.At("sunset_date"), now);
  to.templates = BuildEndpoints(provider, place);
  BuildPhases(provider, place, to);
  BuildLogin(provider, place, to);
  BuildRequests(provider, place, to);
  BuildTokenLife(provider, place, to);
  to.capabilities = BuildCapabilities(provider, place);
  to.consumers = BuildConsumers(provider, place, to, sources);
  to.network_rules = BuildNetworkRules(provider.egress(), place.At("egress"), sources);
  if (to.templates.parameters.empty() && !findings.HasFaultBelow(path)) {
    absl::StatusOr<providers::Endpoints> endpoints = FillTemplates(to.templates, {});
    if (endpoints.ok()) {
      to.endpoints = std::make_shared<const providers::Endpoints>(*std::move(endpoints));
    } else {
      place.Fault(endpoints.status().message());
    }
  }
  return std::make_shared<const providers::Provider>(std::move(to));
}

bool HasLogin(const v1::Provider& provider) {
  return !provider.request_token_url().empty() && !provider.authorize_url().empty() &&
         !provider.access_token_url().empty();
}

}  // namespace oauth1d::config
