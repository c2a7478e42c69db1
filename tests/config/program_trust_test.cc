// Who may choose the programs that run as the service, and what they may see.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "server/config/process_variables.h"
#include "tests/config/config_folder.h"

namespace oauth1d::config {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::NotNull;

class ProgramTrustTest : public testing::Test {
 protected:
  // A source that runs a script, and leaves a trace of it.
  std::string Script(const std::string& script) const {
    return "{command: {argv: [/bin/sh, -c, 'touch " + folder_.path() + "/ran; " + script + "']}}";
  }
  bool Ran() const { return std::filesystem::exists(folder_.path() + "/ran"); }
  // A configuration whose keyring, store, consumer, previous consumer and proxy each have a program.
  Pieces Programs() const {
    folder_.Write("keyring.yaml", kKeyringText);
    const std::string secret = Script("echo a");
    Pieces pieces;
    pieces.store = "store: {redis: {address: \"redis:1\", password: " + secret + "}}\n";
    pieces.keyring = "keyring: " + Script("cat " + folder_.path() + "/keyring.yaml") + "\n";
    pieces.consumers = "  consumers: [{name: main, key: now, secret: " + secret +
                       ",\n    previous: [{key: then, secret: " + secret + "}]}]\n";
    pieces.more = "  egress: {proxy: {address: \"proxy:1\", username: u, password: " + secret + "}}\n";
    return pieces;
  }
  std::string Read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_.path() + "/" + name, std::ios::binary).rdbuf();
    return text.str();
  }

  ConfigFolder folder_;
};

TEST_F(ProgramTrustTest, AFileThatItsOwnerAloneMayWriteMayNamePrograms) {
  for (const unsigned mode : {0600U, 0640U, 0644U}) {
    const Loaded loaded = folder_.LoadFrom(folder_.Write("oauth1d.yaml", Programs().Text(), mode));
    EXPECT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  }
  EXPECT_TRUE(Ran());
}

TEST_F(ProgramTrustTest, AFileThatItsGroupMayWriteMayNotNameAny) {
  const Loaded loaded = folder_.LoadFrom(folder_.Write("oauth1d.yaml", Programs().Text(), 0664));
  EXPECT_EQ(loaded.snapshot, nullptr);
  const std::string either = "is not run either: see store.redis.password.command";
  EXPECT_EQ(ToLines(loaded.mistakes),
            "store.redis.password.command: is not run: the group may write the configuration file (mode 0664): chmod "
            "go-w it (1:48)\n"
            "keyring.command: " +
                either +
                " (2:11)\n"
                "providers[0].consumers[0].secret.command: " +
                either +
                " (7:47)\n"
                "providers[0].consumers[0].previous[0].secret.command: " +
                either +
                " (8:37)\n"
                "providers[0].egress.proxy.password.command: " +
                either + " (9:64)\n");
  EXPECT_FALSE(Ran());
}

TEST_F(ProgramTrustTest, OtherMistakesAreToldAsWell) {
  Pieces pieces;
  pieces.listen = "listen: {drain_delay: 61s}\n";
  pieces.keyring = "keyring: " + Script("cat keyring.yaml") + "\n";
  const Loaded loaded = folder_.LoadFrom(folder_.Write("oauth1d.yaml", pieces.Text(), 0664));
  EXPECT_THAT(loaded.mistakes, AllOf(HasMistake("listen.drain_delay", "must be from 0s to 60s"),
                                     HasMistake("keyring.command", "chmod go-w it"), testing::SizeIs(2)));
  EXPECT_FALSE(Ran());
}

TEST_F(ProgramTrustTest, AFileOfSomebodyElseMayNotNameAny) {
  const std::string file = folder_.Write("oauth1d.yaml", Programs().Text(), 0644);
  if (::chown(file.c_str(), 12345, 12345) != 0) return;  // only root can give a file away
  EXPECT_THAT(folder_.LoadFrom(file).mistakes,
              HasMistake("store.redis.password.command", "the configuration file belongs to the user 12345"));
  EXPECT_FALSE(Ran());
}

TEST_F(ProgramTrustTest, AFileWithoutProgramsMayBeTheGroupsAndAnybodys) {
  const std::string file = folder_.Write("oauth1d.yaml", Pieces().Text(), 0664);
  EXPECT_THAT(folder_.LoadFrom(file).mistakes, IsEmpty());
  if (::chown(file.c_str(), 12345, 12345) == 0) {
    EXPECT_THAT(folder_.LoadFrom(file).mistakes, IsEmpty());
  }
}

TEST_F(ProgramTrustTest, AProgramThatTheGroupMayWriteIsNotRun) {
  const std::string program = folder_.Write("agent", "#!/bin/sh\ntouch " + folder_.path() + "/ran\n", 0775);
  Pieces pieces;
  pieces.keyring = "keyring: {command: {argv: [" + program + "]}}\n";
  const Loaded loaded = folder_.Load(pieces.Text());
  EXPECT_EQ(ToLines(loaded.mistakes),
            "keyring.command: the group may write the program (mode 0775): chmod go-w it (1:11)\n");
  EXPECT_FALSE(Ran());
}

// Variables of this process, for one test.
class ProgramVariablesTest : public ProgramTrustTest {
 protected:
  ProgramVariablesTest() {
    variables_["CANARY_KEYRING"] = kKeyringText;
    variables_["CANARY_CONSUMER"] = variables_["CANARY_STORE"] = variables_["CANARY_PROXY"] = "canary value";
    for (const auto& [name, value] : variables_) EXPECT_EQ(::setenv(name.c_str(), value.c_str(), 1), 0);
    EXPECT_EQ(::setenv("CANARY", "no secret", 1), 0);
  }
  ~ProgramVariablesTest() override {
    for (const auto& [name, value] : variables_) EXPECT_EQ(::unsetenv(name.c_str()), 0);
    EXPECT_EQ(::unsetenv("CANARY"), 0);
  }

  // The program is asked for before, between and after the variables, in the order of the file and in ours.
  void ExpectUnseen(const ReadVariable& variable) {
    const std::string print = "env > " + folder_.path() + "/seen; ";
    folder_.Write("keyring.yaml", kKeyringText);
    Pieces keyring_first;
    keyring_first.store = "keyring: " + Script(print + "cat " + folder_.path() + "/keyring.yaml") + "\n";
    keyring_first.keyring = "store: {redis: {address: \"redis:1\", password: {env: CANARY_STORE}}}\n";
    keyring_first.consumers = "  consumers: [{name: main, key: k, secret: {env: CANARY_CONSUMER}}]\n";
    keyring_first.more = "  egress: {proxy: {address: \"proxy:1\", username: u, password: {env: CANARY_PROXY}}}\n";
    Pieces store_first = keyring_first;
    store_first.store = "store: {redis: {address: \"redis:1\", password: " + Script(print + "echo a") + "}}\n";
    store_first.keyring = "keyring: {env: CANARY_KEYRING}\n";
    Pieces consumer_last = store_first;
    consumer_last.store = keyring_first.keyring;
    consumer_last.consumers = "  consumers: [{name: main, key: k, secret: " + Script(print + "echo a") + "}]\n";
    for (const Pieces& pieces : {keyring_first, store_first, consumer_last}) {
      const Loaded loaded = LoadText(pieces.Text(), folder_.path(), TestTime(), variable);
      EXPECT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes) << pieces.Text();
      const std::string seen = Read("seen");
      EXPECT_THAT(seen, HasSubstr("CANARY=no secret\n")) << "what is no secret is there";
      for (const auto& [name, value] : variables_) {
        if (pieces.Text().find(name) == std::string::npos) continue;
        EXPECT_THAT(seen, Not(HasSubstr(name))) << pieces.Text();
      }
      EXPECT_EQ(::unlink((folder_.path() + "/seen").c_str()), 0);
    }
  }

  std::map<std::string, std::string> variables_;
};

TEST_F(ProgramVariablesTest, AreNotSeenByProgramsInACheck) {
  ExpectUnseen(ProcessVariable);
  EXPECT_STREQ(std::getenv("CANARY_CONSUMER"), "canary value") << "a check leaves them where they are";
}

TEST_F(ProgramVariablesTest, AreNotSeenByProgramsOfTheService) {
  ProcessVariables variables;
  ExpectUnseen([&](const std::string& name) { return variables.Read(name); });
  for (const auto& [name, value] : variables_) EXPECT_STREQ(std::getenv(name.c_str()), "") << name;
}

// What a program could find in /proc/PID/environ of the service was overwritten before.
TEST_F(ProgramVariablesTest, AreReadBeforeTheFirstProgramRuns) {
  folder_.Write("keyring.yaml", kKeyringText);
  Pieces pieces;
  pieces.keyring =
      "keyring: " + Script("cat " + folder_.path() + "/CANARY_CONSUMER " + folder_.path() + "/keyring.yaml") + "\n";
  pieces.consumers = "  consumers: [{name: main, key: k, secret: {env: CANARY_CONSUMER}}]\n";
  const Loaded loaded = LoadText(pieces.Text(), folder_.path(), TestTime(), [&](const std::string& name) {
    folder_.Write(name, "# was read\n");
    return ProcessVariable(name);
  });
  EXPECT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
}

}  // namespace
}  // namespace oauth1d::config
