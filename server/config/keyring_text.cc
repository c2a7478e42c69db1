#include "server/config/keyring_text.h"

#include <array>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "oauth1d/config/v1/config.pb.h"
#include "server/config/yaml_to_proto.h"

namespace oauth1d::config {
namespace {

constexpr size_t kKeySize = 32;
constexpr absl::string_view kAdvice = "; make one with: oauth1ctl keyring new";

constexpr std::array<std::pair<absl::string_view, sealing::KeyState>, 3> kStates = {
    {{"active", sealing::KeyState::kActive},
     {"decrypt", sealing::KeyState::kDecrypt},
     {"retired", sealing::KeyState::kRetired}}};

std::optional<sealing::KeyState> ParseState(absl::string_view written) {
  for (const auto& [name, state] : kStates) {
    if (name == written) return state;
  }
  return std::nullopt;
}

Secret DecodeKey(const std::string& base64, const std::string& path, Findings& findings) {
  std::string bytes;
  if (base64.empty()) {
    findings.Fault(path, absl::StrCat("is required: 32 bytes in base64", kAdvice));
  } else if (!absl::Base64Unescape(base64, &bytes)) {
    findings.Fault(path, absl::StrCat("is no base64", kAdvice));
  } else if (bytes.size() != kKeySize) {
    findings.Fault(path, absl::StrCat("must be 32 bytes in base64, not ", bytes.size(), kAdvice));
  }
  return Secret::Take(bytes);
}

std::optional<absl::CivilDay> ParseDay(const std::string& text) {
  absl::CivilDay day;
  // The parser takes 2027-2-3 as well.
  if (!absl::ParseCivilTime(text, &day) || absl::FormatCivilTime(day) != text) return std::nullopt;
  return day;
}

sealing::Key ReadKey(const v1::Key& from, const std::string& path, Findings& findings) {
  sealing::Key key;
  key.id = from.id();
  if (!sealing::IsKeyId(key.id)) findings.Fault(path + ".id", "must be 1 to 64 of [A-Za-z0-9._-]");
  const std::optional<sealing::KeyState> state = ParseState(from.state());
  if (!state.has_value()) findings.Fault(path + ".state", "must be active, decrypt or retired");
  key.state = state.value_or(sealing::KeyState::kRetired);
  if (key.state != sealing::KeyState::kRetired) {
    key.key = DecodeKey(from.key(), path + ".key", findings);
  } else if (state.has_value() && !from.key().empty()) {
    findings.Warn(path + ".key", "is not used, as the key is retired: delete it");
  }
  if (!from.created().empty()) {
    key.created = ParseDay(from.created());
    if (!key.created.has_value()) findings.Fault(path + ".created", "must be a day written YYYY-MM-DD");
  }
  return key;
}

// What concerns several keys.
void CheckTogether(const std::vector<sealing::Key>& keys, Findings& findings) {
  std::map<std::string, size_t> ids;
  std::optional<size_t> active;
  for (size_t i = 0; i < keys.size(); ++i) {
    const std::string path = absl::StrCat("keys[", i, "]");
    const auto [first, is_new] = ids.emplace(keys[i].id, i);
    if (!is_new) findings.Fault(path + ".id", absl::StrCat("is the id of keys[", first->second, "] too"));
    if (keys[i].state != sealing::KeyState::kActive) continue;
    if (active.has_value()) {
      findings.Fault(path + ".state",
                     absl::StrCat("only one key can be active, and keys[", *active, "] is: make one of them decrypt"));
    } else {
      active = i;
    }
  }
  if (!active.has_value() && findings.ok()) findings.Fault("keys", "no key is active");
}

// YAML takes null for nothing, and knows what to do with a dash.
std::string Quoted(const std::string& id) {
  const bool plain = absl::ascii_isalpha(static_cast<unsigned char>(id[0])) && !absl::EqualsIgnoreCase(id, "null");
  return plain ? id : absl::StrCat("\"", id, "\"");
}

}  // namespace

absl::string_view NameOf(sealing::KeyState state) {
  for (const auto& [name, known] : kStates) {
    if (known == state) return name;
  }
  return "";
}

std::vector<sealing::Key> ReadKeys(const Secret& text, Findings& findings) {
  YamlReading reading;
  reading.discreet = {v1::KeyringFile::descriptor(), v1::Key::descriptor()};
  v1::KeyringFile file;
  ReadYaml(text.Reveal(), reading, file, findings);
  if (file.keys().empty()) findings.Fault("keys", absl::StrCat("must hold at least one key", kAdvice));
  std::vector<sealing::Key> keys;
  for (int i = 0; i < file.keys_size(); ++i) {
    keys.push_back(ReadKey(file.keys(i), absl::StrCat("keys[", i, "]"), findings));
    WipeText(*file.mutable_keys(i)->mutable_key());
  }
  CheckTogether(keys, findings);
  return keys;
}

Secret KeyringText(const std::vector<sealing::Key>& keys) {
  std::string text = "keys:\n";
  // No reallocation may leave a copy behind.
  text.reserve(text.size() + keys.size() * 256);
  for (const sealing::Key& key : keys) {
    absl::StrAppend(&text, "- {id: ", Quoted(key.id), ", state: ", NameOf(key.state));
    if (!key.key.empty()) {
      std::string base64 = absl::Base64Escape(key.key.Reveal());
      absl::StrAppend(&text, ", key: ", base64);
      WipeText(base64);
    }
    if (key.created.has_value()) absl::StrAppend(&text, ", created: ", absl::FormatCivilTime(*key.created));
    absl::StrAppend(&text, "}\n");
  }
  return Secret::Take(text);
}

}  // namespace oauth1d::config
