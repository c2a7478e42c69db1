#include "server/config/consumer_builder.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "server/config/names.h"
#include "server/config/near_miss.h"
#include "server/config/phase_builder.h"
#include "server/config/secret_source.h"

namespace oauth1d::config {
namespace {

using providers::TemplateParameter;

absl::string_view FieldOf(const v1::SecretSource& source) {
  if (source.has_file()) return "file";
  return source.has_env() ? "env" : "command";
}

class Builder {
 public:
  Builder(const providers::Provider& provider, const Place& place, Sources& sources)
      : provider_(provider), place_(place), sources_(sources), phases_(SigningPhases(provider, place)) {}

  providers::Consumer Build(const v1::Consumer& from, const Place& at) {
    providers::Consumer to;
    to.name = from.name();
    BuildCredentials(from, at, to);
    BuildParameters(from, at, to);
    std::vector<std::shared_ptr<const providers::Consumer>> previous = BuildPrevious(from, at, to);
    to.previous = std::move(previous);
    return to;
  }

 private:
  // The first phase that signs with RSA, or with something else; null: none.
  const SigningPhase* FindPhase(bool rsa) const {
    const auto found = std::find_if(phases_.begin(), phases_.end(),
                                    [rsa](const SigningPhase& phase) { return IsRsa(phase.method) == rsa; });
    return found == phases_.end() ? nullptr : &*found;
  }

  // Of a v1::Consumer or a v1::PreviousConsumer.
  template <typename Credentials>
  void BuildCredentials(const Credentials& from, const Place& at, providers::Consumer& to) {
    to.key = from.key();
    if (to.key.empty()) at.Fault("key", "is required: the oauth_consumer_key");
    to.secret = BuildSecret(from, at);
    to.rsa_key = BuildKey(from, at);
  }

  // `present` is done, but for these.
  std::vector<std::shared_ptr<const providers::Consumer>> BuildPrevious(const v1::Consumer& from, const Place& at,
                                                                        const providers::Consumer& present) {
    std::vector<std::shared_ptr<const providers::Consumer>> previous;
    std::set<std::string> keys = {present.key};
    for (int i = 0; i < from.previous_size(); ++i) {
      const Place place = at.At("previous", i);
      auto consumer = std::make_shared<providers::Consumer>(present);
      BuildCredentials(from.previous(i), place, *consumer);
      if (!consumer->key.empty() && !keys.insert(consumer->key).second) {
        place.Fault("key",
                    consumer->key == present.key ? "is the consumer's present key" : "stands here a second time");
      }
      previous.push_back(std::move(consumer));
    }
    return previous;
  }

  template <typename Credentials>
  Secret BuildSecret(const Credentials& from, const Place& at) {
    if (from.has_secret()) return ReadSecret(from.secret(), at.PathOf("secret"), sources_, at.findings());
    const SigningPhase* const phase = FindPhase(false);
    if (phase != nullptr) {
      at.Fault("secret", absl::StrCat("is required: ", phase->name, " signs with ",
                                      oauth1::SignatureMethodName(phase->method), "; {file: path} or {env: NAME}"));
    }
    return Secret();
  }

  template <typename Credentials>
  std::shared_ptr<const oauth1::RsaKey> BuildKey(const Credentials& from, const Place& at) {
    if (!from.has_rsa_private_key()) {
      const SigningPhase* const phase = FindPhase(true);
      if (phase != nullptr) {
        at.Fault("rsa_private_key",
                 absl::StrCat("is required: ", phase->name, " signs with ", oauth1::SignatureMethodName(phase->method),
                              "; {file: path} or {env: NAME}, PEM or PKCS#12"));
      }
      if (from.has_rsa_private_key_passphrase()) {
        at.Fault("rsa_private_key_passphrase", "is of no use without rsa_private_key");
      }
      return nullptr;
    }
    const std::string path = at.PathOf("rsa_private_key");
    const Secret file = ReadSecretBytes(from.rsa_private_key(), path, sources_, at.findings());
    Secret passphrase;
    if (from.has_rsa_private_key_passphrase()) {
      passphrase = ReadSecret(from.rsa_private_key_passphrase(), at.PathOf("rsa_private_key_passphrase"), sources_,
                              at.findings());
    }
    if (at.findings().HasFaultBelow(path) || at.findings().HasFaultBelow(at.PathOf("rsa_private_key_passphrase"))) {
      return nullptr;
    }
    absl::StatusOr<std::shared_ptr<const oauth1::RsaKey>> key = oauth1::RsaKey::Parse(file, passphrase);
    if (key.ok()) return *std::move(key);
    at.Fault(absl::StrCat("rsa_private_key.", FieldOf(from.rsa_private_key())), key.status().message());
    return nullptr;
  }

  void BuildParameters(const v1::Consumer& from, const Place& at, providers::Consumer& to) {
    for (int i = 0; i < from.parameters_size(); ++i) {
      const v1::NameValue& value = from.parameters(i);
      CheckValue(value, at.At("parameters", i), to.parameters);
      to.parameters.push_back({value.name(), value.value()});
    }
    const bool fixes_all = CheckComplete(at, to.parameters);
    std::sort(to.parameters.begin(), to.parameters.end(),
              [](const oauth1::Parameter& a, const oauth1::Parameter& b) { return a.name < b.name; });
    // Where the provider is at fault, nothing that follows from it is told.
    if (to.parameters.empty() || !fixes_all || at.findings().HasFaultBelow(place_.path())) return;
    absl::StatusOr<providers::Endpoints> endpoints = FillTemplates(provider_.templates, to.parameters);
    if (endpoints.ok()) {
      to.endpoints = std::make_shared<const providers::Endpoints>(*std::move(endpoints));
    } else {
      at.Fault("parameters", endpoints.status().message());
    }
  }

  static bool Holds(const oauth1::Parameters& values, absl::string_view name) {
    return std::any_of(values.begin(), values.end(),
                       [&](const oauth1::Parameter& value) { return value.name == name; });
  }

  void CheckValue(const v1::NameValue& value, const Place& at, const oauth1::Parameters& before) const {
    std::vector<std::string> names;
    for (const TemplateParameter& parameter : provider_.templates.parameters) {
      names.push_back(parameter.name);
      if (parameter.name != value.name()) continue;
      const absl::Status status = CheckTemplateValue(parameter, value.value());
      if (!status.ok()) at.Fault("value", absl::StrCat(Quoted(value.value()), " ", status.message()));
      if (Holds(before, value.name())) at.Fault("name", "stands here a second time");
      return;
    }
    // A parameter with a mistake is not among them: one cause, one line.
    if (at.findings().HasFaultBelow(place_.PathOf("parameters"))) return;
    at.Fault("name", absl::StrCat(Quoted(value.name()), " is none of the provider's parameters",
                                  Suggestion(value.name(), names)));
  }

  // Whether no value is left to callers.
  bool CheckComplete(const Place& at, const oauth1::Parameters& values) const {
    bool complete = true;
    for (const TemplateParameter& parameter : provider_.templates.parameters) {
      if (Holds(values, parameter.name)) continue;
      complete = false;
      if (!parameter.operator_only) continue;
      at.Fault("parameters",
               absl::StrCat("must hold {name: ", parameter.name, ", value: ...}, which callers may not give",
                            parameter.description.empty() ? "" : ": ", EscapeForPeople(parameter.description)));
    }
    return complete;
  }

  const providers::Provider& provider_;
  const Place& place_;
  Sources& sources_;
  const std::vector<SigningPhase> phases_;
};

}  // namespace

std::vector<providers::Consumer> BuildConsumers(const v1::Provider& from, const Place& place,
                                                const providers::Provider& provider, Sources& sources) {
  if (from.consumers().empty()) {
    place.Fault("consumers", "must hold at least one consumer: {name, key, secret: {file or env}}");
  }
  Names names(place.findings());
  Builder builder(provider, place, sources);
  std::vector<providers::Consumer> consumers;
  for (int i = 0; i < from.consumers_size(); ++i) {
    const Place at = place.At("consumers", i);
    names.Take(from.consumers(i).name(), at.PathOf("name"));
    consumers.push_back(builder.Build(from.consumers(i), at));
  }
  return consumers;
}

}  // namespace oauth1d::config
