#include "tests/records/loaded_record.h"

#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "server/config/loader.h"
#include "tests/config/rsa_keys.h"

namespace oauth1d::records {
namespace {

// A list of {name, value} for YAML.
std::string List(const Pairs& pairs) {
  std::string text = "[";
  for (const auto& [name, value] : pairs) {
    absl::StrAppend(&text, text.size() > 1 ? ", " : "", "{name: ", name, ", value: \"", value, "\"}");
  }
  return text + "]";
}

std::string Grant(const Script& script) {
  std::string grant = absl::StrCat("{name: ", kProvider, ", application: true");
  if (script.login.has_value()) absl::StrAppend(&grant, ", callback_urls: [\"", kCallback, "\", oob]");
  if (script.password_login.has_value()) absl::StrAppend(&grant, ", password_login: true");
  return grant + "}";
}

std::string WhereFrom(const Script& script) {
  return script.fields.empty() ? absl::StrCat("  record: ", script.record, "\n") : script.fields;
}

std::string Configuration(const Script& script, const std::string& lie) {
  const std::string credential = script.rsa ? "rsa_private_key: {env: RSA_KEY}" : "secret: {env: CONSUMER_SECRET}";
  return absl::StrCat("keyring: {env: OAUTH1D_KEYRING}\nowners: [{name: default, providers: [", Grant(script),
                      "]}]\nproviders:\n- name: ", kProvider, "\n", WhereFrom(script),
                      "  consumers: [{name: main, key: ", kConsumerKey, ", ", credential,
                      ", parameters: ", List(script.consumer_parameters), "}]\n", lie);
}

}  // namespace

LoadedRecord LoadRecord(const Script& script, const std::string& lie) {
  const std::map<std::string, std::string> variables = {
      {"OAUTH1D_KEYRING", "keys: [{id: k1, state: active, key: MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=}]"},
      {"CONSUMER_SECRET", kConsumerSecret},
      {"RSA_KEY", config::RsaKeyPem()}};
  const config::Loaded loaded = config::LoadText(Configuration(script, lie), "/", absl::FromUnixSeconds(1'700'000'000),
                                                 [&variables](const std::string& name) -> std::optional<Secret> {
                                                   const auto found = variables.find(name);
                                                   if (found == variables.end()) return std::nullopt;
                                                   return Secret(found->second);
                                                 });
  LoadedRecord record;
  record.mistakes = config::ToLines(loaded.mistakes);
  if (loaded.snapshot == nullptr) return record;
  record.provider = loaded.snapshot->providers[0];
  record.owner = loaded.snapshot->owners[0];
  record.keyring = loaded.snapshot->keyring;
  return record;
}

std::string PublicKeyPem() { return config::RsaPublicKeyPem(); }

}  // namespace oauth1d::records
