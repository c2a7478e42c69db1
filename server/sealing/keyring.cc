#include "server/sealing/keyring.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/failure.h"

namespace oauth1d::sealing {
namespace {

constexpr size_t kKeySize = 32;

}  // namespace

bool IsKeyId(absl::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-';
  });
}

absl::StatusOr<Keyring> Keyring::Create(std::vector<Key> keys) {
  std::optional<size_t> active;
  for (size_t i = 0; i < keys.size(); ++i) {
    const Key& key = keys[i];
    if (!IsKeyId(key.id)) {
      return absl::InvalidArgumentError(absl::StrCat("keys[", i, "].id: must be 1 to 64 of [A-Za-z0-9._-]"));
    }
    const auto same_id = [&](const Key& other) { return other.id == key.id; };
    if (std::count_if(keys.begin(), keys.end(), same_id) > 1) {
      return absl::InvalidArgumentError(absl::StrCat("keys[", i, "].id: ", key.id, " stands twice"));
    }
    if (key.state != KeyState::kRetired && key.key.size() != kKeySize) {
      return absl::InvalidArgumentError(absl::StrCat("keys[", i, "].key: must be 32 bytes in base64, not ",
                                                     key.key.size(), "; make one with: oauth1ctl keyring new"));
    }
    if (key.state != KeyState::kActive) continue;
    if (active.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat("keys[", i, "].state: two keys are active: ", keys[*active].id, " and ", key.id));
    }
    active = i;
  }
  if (!active.has_value()) return absl::InvalidArgumentError("keys: none is active");
  return Keyring(std::move(keys), *active);
}

absl::StatusOr<const Key*> Keyring::Find(absl::string_view id) const {
  for (const Key& key : keys_) {
    if (key.id != id) continue;
    if (key.state == KeyState::kRetired) {
      return Fail(Reason::kTokenExpired, absl::StrCat("sealed with the key ", id, ", which is retired"));
    }
    return &key;
  }
  return Fail(Reason::kKeyNotLoaded,
              absl::StrCat("sealed with the key ", EscapeForPeople(id), ", which this replica has not loaded"));
}

}  // namespace oauth1d::sealing
