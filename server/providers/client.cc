#include "server/providers/client.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/failure.h"
#include "server/base/status_macros.h"

namespace oauth1d::providers {
namespace {

constexpr char kField[] = "provider_parameters";

bool Holds(const oauth1::Parameters& values, absl::string_view name) {
  return std::any_of(values.begin(), values.end(), [&](const oauth1::Parameter& value) { return value.name == name; });
}

const TemplateParameter* FindParameter(const Provider& provider, absl::string_view name) {
  for (const TemplateParameter& parameter : provider.templates.parameters) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

// What is wrong with one of the caller's values; `before`: the consumer's, and the caller's up to it.
absl::Status CheckValue(const Provider& provider, const Consumer& consumer, const oauth1::Parameter& value,
                        const oauth1::Parameters& before) {
  const TemplateParameter* const parameter = FindParameter(provider, value.name);
  if (parameter == nullptr) {
    return absl::InvalidArgumentError("is not known to this provider; ListProviders tells what it takes");
  }
  if (Holds(consumer.parameters, value.name)) {
    return absl::InvalidArgumentError("is fixed by the consumer's configuration; leave it out");
  }
  if (parameter->operator_only) {
    return absl::InvalidArgumentError("may be given by the operator's configuration alone");
  }
  if (Holds(before, value.name)) return absl::InvalidArgumentError("stands here a second time");
  return CheckTemplateValue(*parameter, value.value);
}

absl::Status CheckComplete(const Provider& provider, const oauth1::Parameters& values) {
  std::vector<std::string> missing;
  for (const TemplateParameter& parameter : provider.templates.parameters) {
    if (!Holds(values, parameter.name)) missing.push_back(parameter.name);
  }
  if (missing.empty()) return absl::OkStatus();
  return FailField(kField,
                   absl::StrCat("must hold ", absl::StrJoin(missing, ", "), "; ListProviders tells what they are"));
}

absl::StatusOr<oauth1::Parameters> CollectValues(const Provider& provider, const Consumer& consumer,
                                                 const oauth1::Parameters& values) {
  if (provider.templates.parameters.empty() && !values.empty()) {
    return FailField(kField, "is not empty, but this provider's record leaves nothing open");
  }
  oauth1::Parameters collected = consumer.parameters;
  FieldViolations violations;
  for (size_t i = 0; i < values.size() && !violations.full(); ++i) {
    const absl::Status status = CheckValue(provider, consumer, values[i], collected);
    if (!status.ok()) violations.Add(absl::StrCat(kField, "[", i, "]"), status.message());
    collected.push_back(values[i]);
  }
  RETURN_IF_ERROR(violations.ToStatus());
  RETURN_IF_ERROR(CheckComplete(provider, collected));
  std::sort(collected.begin(), collected.end(),
            [](const oauth1::Parameter& a, const oauth1::Parameter& b) { return a.name < b.name; });
  return collected;
}

// The consumer as it was when it had this key; null: it never had, or the configuration has forgotten it.
const Consumer* WithKey(const Consumer& consumer, absl::string_view key) {
  if (key.empty() || key == consumer.key) return &consumer;
  for (const std::shared_ptr<const Consumer>& previous : consumer.previous) {
    if (key == previous->key) return previous.get();
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<Client> FindClient(std::shared_ptr<const Provider> provider, absl::string_view consumer,
                                  const oauth1::Parameters& values, absl::string_view consumer_key) {
  const Consumer* const found = provider->FindConsumer(consumer);
  if (found == nullptr) {
    return FailField("consumer", consumer.empty() ? "is required: the provider has several"
                                                  : "is none of the provider's; ListProviders tells them");
  }
  const Consumer* const used = WithKey(*found, consumer_key);
  if (used == nullptr) {
    return FailField("consumer",
                     "has another key now than this began with, and the configuration no longer has that one among "
                     "its previous ones");
  }
  Client client;
  client.consumer = std::shared_ptr<const Consumer>(provider, used);
  ASSIGN_OR_RETURN(client.parameters, CollectValues(*provider, *found, values));
  client.endpoints = provider->endpoints != nullptr ? provider->endpoints : found->endpoints;
  if (client.endpoints == nullptr) {
    absl::StatusOr<Endpoints> filled = FillTemplates(provider->templates, client.parameters);
    if (!filled.ok()) return FailField(kField, filled.status().message());
    client.endpoints = std::make_shared<const Endpoints>(*std::move(filled));
  }
  client.provider = std::move(provider);
  return client;
}

}  // namespace oauth1d::providers
