// Sealed bytes: AES-256-GCM under a key that HKDF-SHA256 derives anew for each envelope.
//
//   version 1 | kind 1 | key id length 1 | key id | salt 32 | ciphertext | tag 16
//
// key and nonce = HKDF(input key = keyring key ‖ shares, each with its length; salt; info = "oauth1d" ‖ kind).
// A fresh salt gives each envelope a key of its own, so a nonce is never used twice under one key.
// Associated data: version, kind, key id and place, each with its length: fields joined without lengths would
// let two different lists look alike (CVE-2023-35941).
#ifndef OAUTH1D_SERVER_SEALING_ENVELOPE_H_
#define OAUTH1D_SERVER_SEALING_ENVELOPE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/environment.h"
#include "server/sealing/keyring.h"

namespace oauth1d::sealing {

// What an envelope holds; one kind never opens as another.
enum class Kind : char { kFlow = 1, kFlowSecrets = 2, kAccessToken = 3, kTimestamp = 4 };

// What the reader must know besides the keyring.
struct Lock {
  Kind kind;
  std::string place;                // where it is kept (the store's key): moved elsewhere, it does not open
  std::vector<std::string> shares;  // the lookup value, the browser's binding
};

// Seals with the keyring's active key. Errors: kInternal.
absl::StatusOr<std::string> Seal(const Keyring& keyring, const Lock& lock, absl::string_view plaintext,
                                 Environment& environment);

// Errors: kDataLoss with reason RECORD_INVALID: not an envelope of this kind and place, or the shares are not
// those it was sealed with, or a bit was changed; which of them cannot be told. TOKEN_EXPIRED and KEY_NOT_LOADED
// as Keyring::Find. There is no second cipher, no plaintext form and no trial of other keys.
absl::StatusOr<std::string> Open(const Keyring& keyring, const Lock& lock, absl::string_view envelope);

// The id of the key that sealed it; kDataLoss with reason RECORD_INVALID if it is no envelope of this kind.
absl::StatusOr<std::string> KeyIdOf(Kind kind, absl::string_view envelope);

}  // namespace oauth1d::sealing

#endif  // OAUTH1D_SERVER_SEALING_ENVELOPE_H_
