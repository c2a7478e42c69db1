// The text of a keyring: `keys: [{id: k1, state: active, key: <base64 of 32 bytes>}]`.
#ifndef OAUTH1D_SERVER_CONFIG_KEYRING_TEXT_H_
#define OAUTH1D_SERVER_CONFIG_KEYRING_TEXT_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "server/base/secret.h"
#include "server/config/findings.h"
#include "server/sealing/keyring.h"

namespace oauth1d::config {

// In the text's order. Only of use if there was no fault; then sealing::Keyring::Create takes them. No mistake repeats
// anything of the text but ids.
std::vector<sealing::Key> ReadKeys(const Secret& text, Findings& findings);

// What ReadKeys reads, a line a key.
Secret KeyringText(const std::vector<sealing::Key>& keys);

// active, decrypt or retired.
absl::string_view NameOf(sealing::KeyState state);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_KEYRING_TEXT_H_
