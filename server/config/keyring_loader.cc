#include "server/config/keyring_loader.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/base/failure.h"
#include "server/config/keyring_text.h"
#include "server/config/secret_source.h"

namespace oauth1d::config {
namespace {

std::shared_ptr<const sealing::Keyring> ReadKeyring(const Secret& text, Findings& findings) {
  std::vector<sealing::Key> keys = ReadKeys(text, findings);
  if (!findings.ok()) return nullptr;
  absl::StatusOr<sealing::Keyring> keyring = sealing::Keyring::Create(std::move(keys));
  if (!keyring.ok()) {
    findings.Fault("keys", keyring.status().message());
    return nullptr;
  }
  return std::make_shared<const sealing::Keyring>(*std::move(keyring));
}

}  // namespace

std::shared_ptr<const sealing::Keyring> LoadKeyring(const v1::Keyring& keyring, Sources& sources, Findings& findings) {
  Secret text;
  // A file that could be read has a name that may be told.
  std::string name = "keyring";
  switch (keyring.from_case()) {
    case v1::Keyring::kFile:
      text = ReadFileAt(keyring.file(), FileKind::kSecret, "keyring.file", sources, findings);
      name = EscapeForPeople(sources.Absolute(keyring.file()));
      break;
    case v1::Keyring::kEnv:
      text = ReadVariableAt(keyring.env(), "keyring.env", sources, findings);
      break;
    case v1::Keyring::kCommand:
      text = RunCommandAt(keyring.command(), "keyring.command", sources, findings);
      break;
    case v1::Keyring::FROM_NOT_SET:
      findings.Fault("keyring", "is required: {file: path} or {env: NAME}; make one with: oauth1ctl keyring new");
      break;
  }
  if (findings.HasFaultBelow("keyring") || findings.HasFaultAt("keyring")) return nullptr;
  Findings inner(std::move(name), /*prefixed=*/true);
  std::shared_ptr<const sealing::Keyring> result = ReadKeyring(text, inner);
  findings.Append(inner);
  return result;
}

}  // namespace oauth1d::config
