// The keys that records and tokens are sealed with.
#ifndef OAUTH1D_SERVER_SEALING_KEYRING_H_
#define OAUTH1D_SERVER_SEALING_KEYRING_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "server/base/secret.h"

namespace oauth1d::sealing {

enum class KeyState {
  kActive,   // seals and opens; exactly one
  kDecrypt,  // opens
  kRetired,  // known by its id alone: what it sealed is over
};

struct Key {
  std::string id;  // 1 to 64 of [A-Za-z0-9._-]
  KeyState state = KeyState::kActive;
  Secret key;                             // 32 bytes; empty for kRetired
  std::optional<absl::CivilDay> created;  // where the keyring says it
};

// Frozen; any number of threads.
class Keyring {
 public:
  // Errors: kInvalidArgument that names the key by its id: no or two active ones, an id twice, a wrong length.
  static absl::StatusOr<Keyring> Create(std::vector<Key> keys);

  const Key& active() const { return keys_[active_]; }
  // Errors: kFailedPrecondition with reason TOKEN_EXPIRED: retired. kUnavailable with reason KEY_NOT_LOADED:
  // well formed, but not in this keyring (yet): another replica may have it.
  absl::StatusOr<const Key*> Find(absl::string_view id) const;
  const std::vector<Key>& keys() const { return keys_; }

 private:
  explicit Keyring(std::vector<Key> keys, size_t active) : keys_(std::move(keys)), active_(active) {}

  std::vector<Key> keys_;
  size_t active_;
};

bool IsKeyId(absl::string_view id);

}  // namespace oauth1d::sealing

#endif  // OAUTH1D_SERVER_SEALING_KEYRING_H_
