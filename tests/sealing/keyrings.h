// Keyrings of one word.
#ifndef OAUTH1D_TESTS_SEALING_KEYRINGS_H_
#define OAUTH1D_TESTS_SEALING_KEYRINGS_H_

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "server/sealing/keyring.h"

namespace oauth1d::sealing {

// 32 times the same byte.
inline Secret KeyOf(char byte) { return Secret(std::string(32, byte)); }

inline Keyring MakeKeyring(std::vector<Key> keys) {
  absl::StatusOr<Keyring> keyring = Keyring::Create(std::move(keys));
  EXPECT_TRUE(keyring.ok()) << keyring.status();
  return *std::move(keyring);
}

// One active key, k1.
inline Keyring OneKey() { return MakeKeyring({{"k1", KeyState::kActive, KeyOf('1')}}); }

}  // namespace oauth1d::sealing

#endif  // OAUTH1D_TESTS_SEALING_KEYRINGS_H_
