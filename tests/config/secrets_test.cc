// Where secrets come from, and that they go nowhere else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "server/config/file_trust.h"
#include "tests/config/config_folder.h"

namespace oauth1d::config {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class SecretsTest : public testing::Test {
 protected:
  Loaded LoadWithSecret(const std::string& secret) {
    Pieces pieces;
    pieces.consumers = "  consumers: [{name: main, key: demo-key, secret: " + secret + "}]\n";
    return folder_.Load(pieces.Text());
  }
  // The secret that was loaded.
  static std::string SecretOf(const Loaded& loaded) {
    if (loaded.snapshot == nullptr) return "nothing: " + ToLines(loaded.mistakes);
    return std::string(loaded.snapshot->providers[0]->consumers[0].secret.Reveal());
  }

  ConfigFolder folder_;
};

TEST_F(SecretsTest, AFileLosesOneLineBreakAndNothingElse) {
  folder_.Write("unix", " a b \n");
  folder_.Write("windows", "a b\r\n");
  folder_.Write("two", "a\n\n");
  folder_.Write("none", "a");
  EXPECT_EQ(SecretOf(LoadWithSecret("{file: unix}")), " a b ");
  EXPECT_EQ(SecretOf(LoadWithSecret("{file: windows}")), "a b");
  EXPECT_EQ(SecretOf(LoadWithSecret("{file: two}")), "a\n");
  EXPECT_EQ(SecretOf(LoadWithSecret("{file: none}")), "a");
  EXPECT_EQ(SecretOf(LoadWithSecret("{file: " + folder_.path() + "/none}")), "a");
}

TEST_F(SecretsTest, AnEmptyFileOrVariableIsAMistake) {
  folder_.Write("empty", "\n");
  folder_.SetVariable("EMPTY", "");
  const std::string path = "providers[0].consumers[0].secret";
  EXPECT_THAT(LoadWithSecret("{file: empty}").mistakes, HasMistake(path + ".file", "the file is empty"));
  EXPECT_THAT(LoadWithSecret("{file: ''}").mistakes, HasMistake(path + ".file", "name a file"));
  EXPECT_THAT(LoadWithSecret("{env: EMPTY}").mistakes, HasMistake(path + ".env", "EMPTY is empty"));
  EXPECT_THAT(LoadWithSecret("{env: ''}").mistakes, HasMistake(path + ".env", "name an environment variable"));
  EXPECT_THAT(LoadWithSecret("{file: nowhere}").mistakes, HasMistake(path + ".file", "looked in " + folder_.path()));
}

TEST_F(SecretsTest, AFileThatEverybodyMayWriteIsRefused) {
  folder_.Write("open", "a", 0602);
  const Loaded loaded = LoadWithSecret("{file: open}");
  EXPECT_EQ(loaded.snapshot, nullptr);
  EXPECT_THAT(loaded.mistakes,
              HasMistake("providers[0].consumers[0].secret.file", "everybody may write the file (mode 0602)"));
}

TEST_F(SecretsTest, AFileThatEverybodyMayReadIsRefused) {
  const std::string path = "providers[0].consumers[0].secret.file";
  folder_.Write("open", "a", 0644);
  const Loaded loaded = LoadWithSecret("{file: open}");
  EXPECT_EQ(loaded.snapshot, nullptr);
  EXPECT_THAT(loaded.mistakes, HasMistake(path,
                                          "everybody may read the file (mode 0644): chmod o-r it (in "
                                          "Kubernetes: defaultMode: 0440)"));
  folder_.Write("group", "a", 0660);
  EXPECT_THAT(LoadWithSecret("{file: group}").mistakes, HasMistake(path, "the group may write the file (mode 0660)"));
  for (const unsigned mode : {0400U, 0440U, 0600U, 0640U}) {
    folder_.Write("closed", "a", mode);
    EXPECT_EQ(SecretOf(LoadWithSecret("{file: closed}")), "a") << mode;
    EXPECT_THAT(LoadWithSecret("{file: closed}").warnings, IsEmpty()) << mode;
    ASSERT_EQ(::unlink((folder_.path() + "/closed").c_str()), 0);
  }
}

// The same holds for everything that is secret.
TEST_F(SecretsTest, AKeyringThatEverybodyMayReadIsRefused) {
  folder_.Write("keyring.yaml", kKeyringText, 0604);
  Pieces pieces;
  pieces.keyring = "keyring: {file: keyring.yaml}\n";
  EXPECT_THAT(folder_.Load(pieces.Text()).mistakes, HasMistake("keyring.file", "everybody may read the file"));
}

TEST_F(SecretsTest, AFileOfSomebodyElseIsRefused) {
  EXPECT_TRUE(CheckOwner(0, 1000).ok());
  EXPECT_TRUE(CheckOwner(1000, 1000).ok());
  EXPECT_EQ(CheckOwner(12345, 1000).message(),
            "the file belongs to the user 12345: it must belong to root or to the user of this process, 1000");
  const std::string file = folder_.Write("theirs", "a");
  if (::chown(file.c_str(), 12345, 12345) != 0) return;  // only root can give a file away
  EXPECT_THAT(LoadWithSecret("{file: theirs}").mistakes,
              HasMistake("providers[0].consumers[0].secret.file", "belongs to the user 12345"));
}

TEST_F(SecretsTest, FollowsTheLinksOfAKubernetesVolume) {
  ASSERT_EQ(::mkdir((folder_.path() + "/..2024").c_str(), 0755), 0);
  folder_.Write("..2024/secret", "from the volume", 0440);
  ASSERT_EQ(::symlink("..2024", (folder_.path() + "/..data").c_str()), 0);
  ASSERT_EQ(::symlink("..data/secret", (folder_.path() + "/secret").c_str()), 0);
  const Loaded loaded = LoadWithSecret("{file: secret}");
  EXPECT_EQ(SecretOf(loaded), "from the volume");
  EXPECT_THAT(loaded.warnings, IsEmpty());
  ASSERT_EQ(::chmod((folder_.path() + "/..2024/secret").c_str(), 0446), 0);
  EXPECT_THAT(LoadWithSecret("{file: secret}").mistakes,
              HasMistake("providers[0].consumers[0].secret.file", "everybody may write"));
}

TEST_F(SecretsTest, APipeDoesNotMakeUsWait) {
  ASSERT_EQ(::mkfifo((folder_.path() + "/pipe").c_str(), 0600), 0);
  EXPECT_THAT(LoadWithSecret("{file: pipe}").mistakes,
              HasMistake("providers[0].consumers[0].secret.file", "is no regular file"));
}

TEST_F(SecretsTest, AConfigurationThatEverybodyMayWriteIsRefused) {
  const std::string file = folder_.Write("oauth1d.yaml", Pieces().Text(), 0666);
  EXPECT_THAT(folder_.LoadFrom(file).mistakes, HasMistake(file, "everybody may write the file"));
}

TEST_F(SecretsTest, TheProcessEnvironmentIsTheDefault) {
  ASSERT_EQ(::setenv("OAUTH1D_KEYRING", kKeyringText, 1), 0);
  ASSERT_EQ(::setenv("TWITTER_SECRET", "from the process", 1), 0);
  EXPECT_EQ(SecretOf(LoadText(Pieces().Text(), folder_.path(), TestTime())), "from the process");
  ASSERT_EQ(::unsetenv("TWITTER_SECRET"), 0);
  EXPECT_THAT(LoadText(Pieces().Text(), folder_.path(), TestTime()).mistakes,
              HasMistake("providers[0].consumers[0].secret.env", "TWITTER_SECRET is not set"));
}

// Whatever a secret is mistaken for, it is not repeated.
TEST_F(SecretsTest, NoMistakeRepeatsASecret) {
  folder_.SetVariable("TWITTER_SECRET", "canary");
  folder_.SetVariable("BAD_KEYRING", "keys: [{id: 'canary id', state: canary, key: canary}, {canary}, canary]");
  folder_.SetVariable("NO_KEYRING", "canary");
  folder_.SetVariable("BROKEN_KEYRING", "{canary: [canary");
  folder_.SetVariable("ALIAS_KEYRING", "{keys: *canary}");
  folder_.Write("no_keyring", "canary");
  for (const std::string secret : {"canary",
                                   "[canary]",
                                   "{canary}",
                                   "{canary: canary}",
                                   "{value: canary}",
                                   "{file: canary}",
                                   "{env: canary}",
                                   "{command: canary}",
                                   "{command: {canary: canary}}",
                                   "{command: {argv: canary}}",
                                   "{command: {argv: [canary]}}",
                                   "{command: {argv: [/canary]}}",
                                   "{command: {argv: [/bin/sh, -c, echo canary; exit 1]}}",
                                   "{env: [canary]}",
                                   "{file: {canary: canary}}",
                                   "{env: \"canary\\n\"}",
                                   "{file: canary, env: canary}",
                                   "{file: /canary}",
                                   "{file: canary/canary}",
                                   "*canary",
                                   "&canary a",
                                   "!canary a",
                                   "{? [canary] : canary}"}) {
    const Loaded loaded = LoadWithSecret(secret);
    EXPECT_THAT(ToLines(loaded.mistakes), Not(IsEmpty())) << secret;
    EXPECT_THAT(ToLines(loaded.mistakes), Not(HasSubstr("canary"))) << secret;
  }
  for (const std::string keyring :
       {"canary", "{canary}", "{key: canary}", "*canary", "{env: canary}", "{file: no_keyring}", "{file: canary}",
        "{env: BAD_KEYRING}", "{env: NO_KEYRING}", "{env: BROKEN_KEYRING}", "{env: ALIAS_KEYRING}", "[canary]"}) {
    Pieces pieces;
    pieces.keyring = "keyring: " + keyring + "\n";
    const Loaded loaded = folder_.Load(pieces.Text());
    EXPECT_THAT(ToLines(loaded.mistakes), Not(IsEmpty())) << keyring;
    EXPECT_THAT(ToLines(loaded.mistakes), Not(HasSubstr("canary"))) << keyring;
    EXPECT_THAT(ToLines(loaded.warnings), Not(HasSubstr("canary"))) << keyring;
  }
}

TEST_F(SecretsTest, ValuesAreEscaped) {
  Pieces pieces;
  pieces.more = "  placement: \"\\e[31mred\"\n  token_method: \"\\u2028\"\n";
  const std::string lines = ToLines(folder_.Load(pieces.Text()).mistakes);
  EXPECT_THAT(lines, HasSubstr("providers[0].placement: has a line break or another control character"));
  EXPECT_THAT(lines, HasSubstr("\\xe2\\x80\\xa8"));
}

}  // namespace
}  // namespace oauth1d::config
