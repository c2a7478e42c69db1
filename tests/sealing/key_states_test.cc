// A key's life, seen by what it sealed: added as decrypt everywhere, made active, retired.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/sealing/envelope.h"
#include "tests/sealing/keyrings.h"
#include "tests/support/fake_environment.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::sealing {
namespace {

using ::testing::HasSubstr;

class KeyStatesTest : public ::testing::Test {
 protected:
  std::string SealedBy(const Keyring& keyring) { return *Seal(keyring, lock_, "text", environment_); }

  const Keyring before_ = MakeKeyring({{"old", KeyState::kActive, KeyOf('o')}});
  const Keyring added_ = MakeKeyring({{"old", KeyState::kActive, KeyOf('o')}, {"new", KeyState::kDecrypt, KeyOf('n')}});
  const Keyring swapped_ =
      MakeKeyring({{"old", KeyState::kDecrypt, KeyOf('o')}, {"new", KeyState::kActive, KeyOf('n')}});
  const Keyring retired_ = MakeKeyring({{"old", KeyState::kRetired, Secret()}, {"new", KeyState::kActive, KeyOf('n')}});
  const Keyring forgotten_ = MakeKeyring({{"new", KeyState::kActive, KeyOf('n')}});
  const Lock lock_ = {Kind::kAccessToken, "", {}};
  FakeEnvironment environment_;
};

TEST_F(KeyStatesTest, TheActiveKeySeals) {
  EXPECT_THAT(KeyIdOf(Kind::kAccessToken, SealedBy(added_)), IsOkAnd("old"));
  EXPECT_THAT(KeyIdOf(Kind::kAccessToken, SealedBy(swapped_)), IsOkAnd("new"));
}

TEST_F(KeyStatesTest, EveryReplicaOpensDuringARotation) {
  for (const Keyring* sealer : {&before_, &added_, &swapped_}) {
    EXPECT_THAT(Open(added_, lock_, SealedBy(*sealer)), IsOkAnd("text"));
    EXPECT_THAT(Open(swapped_, lock_, SealedBy(*sealer)), IsOkAnd("text"));
  }
}

TEST_F(KeyStatesTest, WhatARetiredKeySealedIsOver) {
  const absl::Status status = Open(retired_, lock_, SealedBy(before_)).status();
  EXPECT_THAT(status, FailsWith(Reason::kTokenExpired));
  EXPECT_THAT(std::string(status.message()), HasSubstr("old"));
}

TEST_F(KeyStatesTest, AnUnknownKeyMayBeAnotherReplicas) {
  EXPECT_THAT(Open(before_, lock_, SealedBy(swapped_)), FailsWith(Reason::kKeyNotLoaded));
  EXPECT_THAT(Open(forgotten_, lock_, SealedBy(before_)), FailsWith(Reason::kKeyNotLoaded));
}

TEST_F(KeyStatesTest, NoOtherKeyIsTried) {
  // The right bytes under another name.
  const Keyring renamed = MakeKeyring({{"other", KeyState::kActive, KeyOf('o')}});
  EXPECT_THAT(Open(renamed, lock_, SealedBy(before_)), FailsWith(Reason::kKeyNotLoaded));
  // The right name in the wrong place.
  std::string envelope = SealedBy(swapped_);
  envelope.replace(3, 3, "old");
  EXPECT_THAT(Open(swapped_, lock_, envelope), FailsWith(Reason::kRecordInvalid));
}

}  // namespace
}  // namespace oauth1d::sealing
