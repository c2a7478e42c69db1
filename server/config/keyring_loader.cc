#include "server/config/keyring_loader.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/config/secret_source.h"
#include "server/config/yaml_to_proto.h"

namespace oauth1d::config {
namespace {

constexpr size_t kKeySize = 32;
constexpr absl::string_view kAdvice = "; make one with: oauth1ctl keyring new";

std::optional<sealing::KeyState> ParseState(absl::string_view state) {
  if (state == "active") return sealing::KeyState::kActive;
  if (state == "decrypt") return sealing::KeyState::kDecrypt;
  if (state == "retired") return sealing::KeyState::kRetired;
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

std::shared_ptr<const sealing::Keyring> ReadKeyring(const Secret& text, Findings& findings) {
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
  if (!findings.ok()) return nullptr;
  absl::StatusOr<sealing::Keyring> keyring = sealing::Keyring::Create(std::move(keys));
  if (!keyring.ok()) {
    findings.Fault("keys", keyring.status().message());
    return nullptr;
  }
  return std::make_shared<const sealing::Keyring>(*std::move(keyring));
}

}  // namespace

std::shared_ptr<const sealing::Keyring> LoadKeyring(const v1::Keyring& keyring, const Sources& sources,
                                                    Findings& findings) {
  Secret text;
  switch (keyring.from_case()) {
    case v1::Keyring::kFile:
      text = ReadFileAt(keyring.file(), FileKind::kSecret, "keyring.file", sources, findings);
      break;
    case v1::Keyring::kEnv:
      text = ReadVariableAt(keyring.env(), "keyring.env", sources, findings);
      break;
    case v1::Keyring::FROM_NOT_SET:
      findings.Fault("keyring", "is required: {file: path} or {env: NAME}; make one with: oauth1ctl keyring new");
      break;
  }
  if (findings.HasFaultAt("keyring.file") || findings.HasFaultAt("keyring.env")) return nullptr;
  Findings inner("keyring", /*prefixed=*/true);
  std::shared_ptr<const sealing::Keyring> result = ReadKeyring(text, inner);
  findings.Append(inner);
  return result;
}

}  // namespace oauth1d::config
