#include "server/config/record_overlay.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/config/near_miss.h"
#include "server/config/place.h"
#include "server/config/yaml_to_proto.h"
#include "server/providers/records.h"

namespace oauth1d::config {
namespace {

// The value of `record`, if it is text; what else it may be, the walk itself finds.
const YamlNode* FindRecord(const YamlNode& node) {
  for (size_t i = 0; i + 1 < node.items.size(); i += 2) {
    if (node.items[i].text == "record" && node.items[i + 1].kind == YamlNode::Kind::kScalar) return &node.items[i + 1];
  }
  return nullptr;
}

// Every text that may hold templates.
std::vector<std::string> Texts(const v1::Provider& provider) {
  std::vector<std::string> texts = {provider.request_token_url(), provider.authorize_url(), provider.access_token_url(),
                                    provider.signing_base_url(),  provider.realm(),         provider.renewal().url(),
                                    provider.revocation().url()};
  texts.insert(texts.end(), provider.api_base_urls().begin(), provider.api_base_urls().end());
  for (const v1::NameValue& header : provider.headers()) texts.push_back(header.value());
  return texts;
}

bool IsUsed(const std::string& name, const std::vector<std::string>& texts) {
  return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
    return absl::StrContains(text, absl::StrCat("{", name, "}")) ||
           absl::StrContains(text, absl::StrCat("{", name, ":"));
  });
}

bool IsUsual(absl::string_view capability) {
  return capability == "three_legged" || capability == "two_legged" || capability == "out_of_band";
}

void ForgetOrphans(const Place& place, v1::Provider& provider) {
  const auto written = [&](absl::string_view field) { return place.findings().IsWritten(place.PathOf(field)); };
  // Of another server only the URLs tell what it can, unless the record tells what no URL could.
  if (written("request_token_url") && written("access_token_url") && written("api_base_urls") &&
      !written("capabilities") &&
      std::all_of(provider.capabilities().begin(), provider.capabilities().end(), IsUsual)) {
    provider.clear_capabilities();
  }
  if (written("access_token_url")) {
    if (provider.has_renewal() && !written("renewal.url")) {
      provider.mutable_renewal()->clear_url();
      if (provider.renewal().by() == "url" && !written("renewal.by")) provider.clear_renewal();
    }
    if (!written("revocation.url") && !written("revocation")) provider.clear_revocation();
  }
  if (written("api_base_urls") && !written("signing_base_url")) provider.clear_signing_base_url();
  if (written("parameters")) return;
  const std::vector<std::string> texts = Texts(provider);
  auto& parameters = *provider.mutable_parameters();
  parameters.erase(
      std::remove_if(parameters.begin(), parameters.end(),
                     [&](const v1::TemplateParameter& parameter) { return !IsUsed(parameter.name(), texts); }),
      parameters.end());
}

}  // namespace

void ForgetOrphans(Findings& findings, v1::Config& config) {
  for (int i = 0; i < config.providers_size(); ++i) {
    v1::Provider& provider = *config.mutable_providers(i);
    if (!provider.record().empty()) ForgetOrphans(Place(absl::StrCat("providers[", i, "]"), findings), provider);
  }
}

void StartFromRecord(const YamlNode& node, const std::string& path, google::protobuf::Message& message,
                     Findings& findings) {
  if (message.GetDescriptor() != v1::Provider::descriptor()) return;
  const YamlNode* const record = FindRecord(node);
  if (record == nullptr || record->text.empty()) return;
  std::vector<std::string> names;
  for (const providers::BuiltInRecord& known : providers::BuiltInRecords()) {
    names.emplace_back(known.name);
    if (known.name != record->text) continue;
    Findings inner("record");
    ReadYaml(known.yaml, YamlReading(), message, inner);
    for (const Mistake& mistake : inner.Faults()) {
      findings.Fault(path + ".record", absl::StrCat("the built-in record is broken: ", ToString(mistake)),
                     record->position);
    }
    return;
  }
  findings.Fault(path + ".record",
                 absl::StrCat("there is no built-in record \"", EscapeForPeople(record->text, 64), "\"",
                              Suggestion(record->text, names)),
                 record->position);
}

}  // namespace oauth1d::config
