#include "client/cli/keyring_command.h"

#include <algorithm>
#include <iostream>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "client/cli/keyring_file.h"
#include "client/cli/report.h"
#include "server/base/environment.h"
#include "server/base/failure.h"
#include "server/base/status_macros.h"
#include "server/config/keyring_text.h"
#include "server/sealing/keyring.h"

namespace oauth1d::cli {
namespace {

using sealing::Key;
using sealing::KeyState;

int Refuse(const absl::Status& status) {
  std::cerr << "oauth1ctl: " << status.message() << "\n";
  return status.code() == absl::StatusCode::kInvalidArgument ? kUsage : 1;
}

// An empty id: a random one.
absl::StatusOr<Key> NewKey(const std::string& id, KeyState state) {
  absl::StatusOr<std::string> bytes = RealEnvironment().RandomBytes(32);
  const absl::StatusOr<std::string> suffix = RealEnvironment().RandomBytes(4);
  if (!bytes.ok() || !suffix.ok()) return absl::InternalError("the random generator failed");
  Key key;
  key.id = id.empty() ? absl::StrCat("k", absl::BytesToHexString(*suffix)) : id;
  key.state = state;
  key.key = Secret::Take(*bytes);
  key.created = absl::ToCivilDay(RealEnvironment().Now(), absl::UTCTimeZone());
  if (!sealing::IsKeyId(key.id)) return absl::InvalidArgumentError("--id must be 1 to 64 of [A-Za-z0-9._-]");
  return key;
}

size_t ActiveOf(const std::vector<Key>& keys) {
  const auto is_active = [](const Key& key) { return key.state == KeyState::kActive; };
  return std::find_if(keys.begin(), keys.end(), is_active) - keys.begin();
}

// The key that becomes active next; keys.size(): there is none.
size_t NextOf(const std::vector<Key>& keys) {
  const auto opens_only = [](const Key& key) { return key.state == KeyState::kDecrypt; };
  const auto behind_active = keys.begin() + static_cast<std::ptrdiff_t>(ActiveOf(keys)) + 1;
  return std::find_if(behind_active, keys.end(), opens_only) - keys.begin();
}

absl::StatusOr<std::string> AddKey(std::vector<Key>& keys, const std::string& id) {
  ASSIGN_OR_RETURN(Key key, NewKey(id, KeyState::kDecrypt));
  for (const Key& known : keys) {
    if (known.id == key.id) return absl::InvalidArgumentError(absl::StrCat("the keyring has a key ", id, " already"));
  }
  keys.push_back(std::move(key));
  return keys.back().id;
}

// Each step gives what to tell.
absl::StatusOr<std::string> Begin(std::vector<Key>& keys, const RotateCommand& command) {
  ASSIGN_OR_RETURN(const std::string id, AddKey(keys, command.new_id));
  return absl::StrCat("The key ", id, " was added: it opens, and does not seal yet. Now\n",
                      "1. bring the file to every replica,\n", "2. wait until each has logged `reloaded`,\n",
                      "3. run this again: ", id, " becomes the key that seals.\n");
}

absl::StatusOr<std::string> Advance(std::vector<Key>& keys, size_t next, const RotateCommand& command) {
  const size_t active = ActiveOf(keys);
  const std::string old_id = keys[active].id;
  const std::string new_id = keys[next].id;
  keys[active].state = KeyState::kDecrypt;
  keys[next].state = KeyState::kActive;
  std::string added;
  if (command.stage) {
    ASSIGN_OR_RETURN(const std::string id, AddKey(keys, command.new_id));
    added = absl::StrCat("The key ", id, " was added: it is the next one.\n");
  } else if (!command.new_id.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("--id: no key is added, as ", new_id, " is the next; see --stage"));
  }
  return absl::StrCat("The key ", new_id, " seals from now on; ", old_id, " still opens what it sealed.\n", added,
                      "Now bring the file to every replica, and wait until each has logged `reloaded`.\n",
                      "When no access token is left that ", old_id,
                      " sealed (RewrapAccessToken, or oauth1ctl token rewrap), and the logins that were under way have "
                      "ended:\n  oauth1ctl keyring rotate FILE --retire ",
                      old_id, "\n");
}

absl::StatusOr<std::string> Retire(std::vector<Key>& keys, const std::string& id) {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.id == id; });
  const std::string shown = EscapeForPeople(id, 64);
  if (found == keys.end()) return absl::InvalidArgumentError(absl::StrCat("the keyring has no key ", shown));
  if (found->state == KeyState::kRetired) {
    return absl::InvalidArgumentError(absl::StrCat("the key ", shown, " is retired already"));
  }
  if (found->state == KeyState::kActive) {
    return absl::InvalidArgumentError(absl::StrCat("the key ", shown, " is the one that seals: rotate first"));
  }
  if (found - keys.begin() > static_cast<std::ptrdiff_t>(ActiveOf(keys))) {
    return absl::InvalidArgumentError(absl::StrCat("the key ", shown, " is a next one: rotate first"));
  }
  found->state = KeyState::kRetired;
  found->key = Secret();
  return absl::StrCat("The key ", id,
                      " is retired, and its bytes are gone from the file. Access tokens that it sealed, ",
                      "and were not rewrapped, are refused once the replicas have the file, and their users must log ",
                      "in again.\nNow bring the file to every replica.\n");
}

}  // namespace

int NewKeyring(const std::string& id) {
  const absl::StatusOr<Key> key = NewKey(id, KeyState::kActive);
  if (!key.ok()) return Refuse(key.status());
  std::cout << "keys: [{id: " << key->id << ", state: active, key: " << absl::Base64Escape(key->key.Reveal())
            << ", created: " << absl::FormatCivilTime(*key->created) << "}]\n";
  return 0;
}

int RotateKeyring(const RotateCommand& command) {
  const absl::StatusOr<KeyringFile> file = KeyringFile::Read(command.file);
  if (!file.ok()) return Refuse(file.status());
  std::vector<Key> keys = file->keys();
  const size_t next = NextOf(keys);
  absl::StatusOr<std::string> told;
  if (!command.retire.empty()) {
    told = Retire(keys, command.retire);
  } else {
    told = next == keys.size() ? Begin(keys, command) : Advance(keys, next, command);
  }
  if (!told.ok()) return Refuse(told.status());
  if (absl::Status status = file->Rewrite(keys); !status.ok()) return Refuse(status);
  std::cout << *told;
  return 0;
}

int ListKeyring(const std::string& file) {
  const absl::StatusOr<KeyringFile> read = KeyringFile::Read(file);
  if (!read.ok()) return Refuse(read.status());
  const std::vector<Key>& keys = read->keys();
  const size_t next = NextOf(keys);
  for (size_t i = 0; i < keys.size(); ++i) {
    std::cout << keys[i].id << " " << config::NameOf(keys[i].state) << (i == next ? " next" : "");
    if (keys[i].created.has_value()) std::cout << " " << absl::FormatCivilTime(*keys[i].created);
    std::cout << "\n";
  }
  return 0;
}

}  // namespace oauth1d::cli
