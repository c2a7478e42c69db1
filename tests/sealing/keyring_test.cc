#include "server/sealing/keyring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sealing/keyrings.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::sealing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST(KeyringTest, HoldsOneActiveKeyAndOthers) {
  const Keyring keyring = MakeKeyring({{"a", KeyState::kRetired, Secret()},
                                       {"b", KeyState::kDecrypt, KeyOf('b')},
                                       {"c", KeyState::kActive, KeyOf('c')}});
  EXPECT_EQ(keyring.active().id, "c");
  EXPECT_EQ(keyring.active().key.Reveal(), std::string(32, 'c'));
  EXPECT_THAT(keyring.keys(), SizeIs(3));
  ASSERT_OK_AND_ASSIGN(const Key* const found, keyring.Find("b"));
  EXPECT_EQ(found->key.Reveal(), std::string(32, 'b'));
  EXPECT_THAT(keyring.Find("a"), FailsWith(Reason::kTokenExpired));
  EXPECT_THAT(keyring.Find("d"), FailsWith(Reason::kKeyNotLoaded));
  EXPECT_THAT(keyring.Find(""), FailsWith(Reason::kKeyNotLoaded));
  EXPECT_THAT(keyring.Find("C"), FailsWith(Reason::kKeyNotLoaded));
}

TEST(KeyringTest, ACopyStandsOnItsOwn) {
  absl::StatusOr<Keyring> original =
      Keyring::Create({{"a", KeyState::kDecrypt, KeyOf('a')}, {"b", KeyState::kActive, KeyOf('b')}});
  ASSERT_THAT(original, IsOk());
  const Keyring copy = *original;
  original = absl::InternalError("gone");
  EXPECT_EQ(copy.active().key.Reveal(), std::string(32, 'b'));
  EXPECT_THAT(copy.Find("a"), IsOk());
}

TEST(KeyringTest, ARetiredKeyMayKeepItsBytes) {
  const Keyring keyring = MakeKeyring({{"a", KeyState::kRetired, KeyOf('a')}, {"b", KeyState::kActive, KeyOf('b')}});
  EXPECT_THAT(keyring.Find("a"), FailsWith(Reason::kTokenExpired));
}

TEST(KeyringTest, EveryMistakeIsToldWithItsPlace) {
  struct Case {
    std::vector<Key> keys;
    const char* what;
  };
  const std::vector<Case> cases = {
      {{}, "keys: none is active"},
      {{{"a", KeyState::kDecrypt, KeyOf('a')}}, "keys: none is active"},
      {{{"a", KeyState::kRetired, Secret()}}, "keys: none is active"},
      {{{"a", KeyState::kActive, KeyOf('a')}, {"b", KeyState::kActive, KeyOf('b')}},
       "keys[1].state: two keys are active: a and b"},
      {{{"a", KeyState::kActive, KeyOf('a')}, {"a", KeyState::kDecrypt, KeyOf('b')}}, "keys[0].id: a stands twice"},
      {{{"a", KeyState::kActive, KeyOf('a')}, {"b", KeyState::kRetired, Secret()}, {"b", KeyState::kRetired, Secret()}},
       "keys[1].id: b stands twice"},
      {{{"", KeyState::kActive, KeyOf('a')}}, "keys[0].id"},
      {{{"a b", KeyState::kActive, KeyOf('a')}}, "keys[0].id"},
      {{{"a", KeyState::kActive, KeyOf('a')}, {std::string(65, 'i'), KeyState::kDecrypt, KeyOf('b')}}, "keys[1].id"},
      {{{"a", KeyState::kActive, Secret()}}, "keys[0].key: must be 32 bytes in base64, not 0"},
      {{{"a", KeyState::kActive, Secret("canary")}}, "keys[0].key: must be 32 bytes in base64, not 6"},
      {{{"a", KeyState::kActive, Secret(std::string(31, 'k'))}}, "not 31"},
      {{{"a", KeyState::kActive, Secret(std::string(33, 'k'))}}, "not 33"},
      {{{"a", KeyState::kActive, KeyOf('a')}, {"b", KeyState::kDecrypt, Secret()}}, "keys[1].key"},
  };
  for (const Case& example : cases) {
    const absl::Status status = Keyring::Create(example.keys).status();
    EXPECT_THAT(status, HasCode(absl::StatusCode::kInvalidArgument)) << example.what;
    EXPECT_THAT(std::string(status.message()), HasSubstr(example.what));
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("canary")));
  }
}

TEST(KeyIdTest, IsAShortWord) {
  for (const std::string& id : std::vector<std::string>{"k", "k1", "2026-11.a_B", ".", "-", std::string(64, 'x')}) {
    EXPECT_TRUE(IsKeyId(id)) << id;
  }
  for (const std::string& id : std::vector<std::string>{"", " ", "a b", "a/b", "a:b", "a\n", "\xC3\xA9", "a,b", "a}",
                                                        std::string("a\0", 2), std::string(65, 'x')}) {
    EXPECT_FALSE(IsKeyId(id)) << id;
  }
}

}  // namespace
}  // namespace oauth1d::sealing
