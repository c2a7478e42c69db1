#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/config/keyring_text.h"
#include "tests/config/config_folder.h"

namespace oauth1d::config {
namespace {

using ::testing::IsEmpty;
using ::testing::NotNull;

constexpr char kKey[] = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

class KeyringLoaderTest : public testing::Test {
 protected:
  Loaded LoadWithKeyring(const std::string& text) {
    folder_.SetVariable("OAUTH1D_KEYRING", text);
    return folder_.Load(Pieces().Text());
  }

  ConfigFolder folder_;
};

TEST_F(KeyringLoaderTest, FileAndVariableHoldTheSameText) {
  const std::string text = std::string("# ours\nkeys:\n- id: k2\n  state: active\n  key: ") + kKey +
                           "\n- {id: k1, state: decrypt, key: " + kKey + "}\n- {id: k0, state: retired}\n";
  folder_.Write("keyring.yaml", text);
  Pieces pieces;
  pieces.keyring = "keyring: {file: keyring.yaml}\n";
  for (const Loaded& loaded : {LoadWithKeyring(text), folder_.Load(pieces.Text())}) {
    ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
    EXPECT_THAT(loaded.warnings, IsEmpty());
    EXPECT_EQ(loaded.snapshot->keyring->active().id, "k2");
    ASSERT_EQ(loaded.snapshot->keyring->keys().size(), 3U);
    EXPECT_EQ(loaded.snapshot->keyring->keys()[1].state, sealing::KeyState::kDecrypt);
    EXPECT_EQ(loaded.snapshot->keyring->keys()[2].state, sealing::KeyState::kRetired);
    EXPECT_TRUE(loaded.snapshot->keyring->keys()[2].key.empty());
  }
}

TEST_F(KeyringLoaderTest, ARetiredKeyIsLeftBehind) {
  const Loaded loaded = LoadWithKeyring(std::string("keys: [{id: a, state: active, key: ") + kKey +
                                        "}, {id: b, state: retired, key: " + kKey + "}]");
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  EXPECT_TRUE(loaded.snapshot->keyring->keys()[1].key.empty());
  EXPECT_THAT(loaded.warnings, HasMistake("keyring:keys[1].key", "delete it"));
}

TEST_F(KeyringLoaderTest, TellsEveryMistakeWithItsPlaceInTheKeyring) {
  const Loaded loaded = LoadWithKeyring(
      std::string(
          "keys:\n- {id: a, state: active, key: c2hvcnQ=}\n- {id: a, state: activ, key: x}\n- {id: 'a b', state: "
          "active, key: '*'}\n- {state: decrypt}\n- {id: c, state: active, key: ") +
      kKey + ", label: x}\n");
  EXPECT_EQ(loaded.snapshot, nullptr);
  EXPECT_EQ(ToLines(loaded.mistakes),
            R"(keyring:keys[0].key: must be 32 bytes in base64, not 5; make one with: oauth1ctl keyring new (2:31)
keyring:keys[1].id: is the id of keys[0] too (3:8)
keyring:keys[1].state: must be active, decrypt or retired (3:18)
keyring:keys[2].id: must be 1 to 64 of [A-Za-z0-9._-] (4:8)
keyring:keys[2].state: only one key can be active, and keys[0] is: make one of them decrypt (4:22)
keyring:keys[2].key: is no base64; make one with: oauth1ctl keyring new (4:35)
keyring:keys[3].id: must be 1 to 64 of [A-Za-z0-9._-] (5:3)
keyring:keys[3].key: is required: 32 bytes in base64; make one with: oauth1ctl keyring new (5:3)
keyring:keys[4]: has an unknown key; known: id, state, key, created (6:77)
)");
}

TEST_F(KeyringLoaderTest, AMistakeInAFileNamesTheFile) {
  folder_.Write("keyring.yaml", "keys: [{id: a, state: activ}]\n");
  folder_.Write("broken.yaml", "keys: {");
  Pieces pieces;
  pieces.keyring = "keyring: {file: keyring.yaml}\n";
  EXPECT_THAT(folder_.Load(pieces.Text()).mistakes,
              HasMistake(folder_.path() + "/keyring.yaml:keys[0].state", "must be active, decrypt or retired"));
  pieces.keyring = "keyring: {file: broken.yaml}\n";
  EXPECT_THAT(folder_.Load(pieces.Text()).mistakes, HasMistake(folder_.path() + "/broken.yaml", "is no valid YAML"));
}

TEST_F(KeyringLoaderTest, AProgramMayHaveTheKeyring) {
  Pieces pieces;
  pieces.keyring = std::string("keyring: {command: {argv: [/bin/echo, '") +
                   "keys: [{id: k7, state: active, key: " + kKey + "}]']}}\n";
  const Loaded loaded = folder_.Load(pieces.Text());
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  EXPECT_EQ(loaded.snapshot->keyring->active().id, "k7");
  pieces.keyring = "keyring: {command: {argv: [/bin/echo, nothing]}}\n";
  EXPECT_THAT(folder_.Load(pieces.Text()).mistakes, HasMistake("keyring", "must be a map with keys, not text"));
}

TEST_F(KeyringLoaderTest, WhatIsWrittenCanBeRead) {
  std::vector<sealing::Key> keys;
  for (const std::string id : {"k1", "null", "-", "2026-11", "1.5"}) {
    keys.push_back({id, sealing::KeyState::kDecrypt, Secret("0123456789abcdef0123456789abcdef")});
  }
  keys[1].state = sealing::KeyState::kActive;
  keys[2] = {"-", sealing::KeyState::kRetired, Secret()};
  Findings findings("keyring", /*prefixed=*/true);
  const std::vector<sealing::Key> read = ReadKeys(KeyringText(keys), findings);
  EXPECT_TRUE(findings.ok()) << ToLines(findings.Faults());
  ASSERT_EQ(read.size(), keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(read[i].id, keys[i].id);
    EXPECT_EQ(read[i].state, keys[i].state);
    EXPECT_EQ(read[i].key.Reveal(), keys[i].key.Reveal());
  }
}

TEST_F(KeyringLoaderTest, OtherMistakes) {
  EXPECT_THAT(LoadWithKeyring("keys: []").mistakes, HasMistake("keyring:keys", "at least one key"));
  EXPECT_THAT(LoadWithKeyring("# nothing").mistakes, HasMistake("keyring", "is empty"));
  EXPECT_THAT(LoadWithKeyring("keys: {").mistakes, HasMistake("keyring", "is no valid YAML"));
  EXPECT_THAT(LoadWithKeyring("keys: k1").mistakes, HasMistake("keyring:keys", "must be a list"));
  EXPECT_THAT(LoadWithKeyring("key: []").mistakes, HasMistake("keyring", "did you mean keys?"));
  EXPECT_THAT(LoadWithKeyring(std::string("keys: [{id: a, state: decrypt, key: ") + kKey + "}]").mistakes,
              HasMistake("keyring:keys", "no key is active"));
}

}  // namespace
}  // namespace oauth1d::config
