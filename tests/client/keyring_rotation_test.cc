// A rotation by hand, step by step, on a real file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "client/cli/keyring_command.h"
#include "client/cli/keyring_file.h"
#include "client/cli/report.h"
#include "tests/client/key_folder.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kBytes[] = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

struct Printed {
  int status;
  std::string out;
  std::string error;
};

class KeyringRotationTest : public testing::Test {
 protected:
  template <typename Run>
  static Printed Capture(Run run) {
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    Printed printed;
    printed.status = run();
    printed.out = ::testing::internal::GetCapturedStdout();
    printed.error = ::testing::internal::GetCapturedStderr();
    return printed;
  }

  Printed Rotate(RotateCommand command) const {
    command.file = file_;
    return Capture([&] { return RotateKeyring(command); });
  }
  Printed Add(const std::string& id) const {
    RotateCommand command;
    command.new_id = id;
    return Rotate(command);
  }
  Printed Stage(const std::string& id) const {
    RotateCommand command;
    command.stage = true;
    command.new_id = id;
    return Rotate(command);
  }
  Printed Retire(const std::string& id) const {
    RotateCommand command;
    command.retire = id;
    return Rotate(command);
  }
  // What `list` prints.
  std::string List() const {
    const Printed printed = Capture([&] { return ListKeyring(file_); });
    EXPECT_EQ(printed.status, 0) << printed.error;
    // Keys that were made here were made today.
    const std::string today = absl::FormatCivilTime(absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()));
    return absl::StrReplaceAll(printed.out, {{absl::StrCat(" ", today), ""}});
  }
  std::string Text() const {
    std::ostringstream text;
    text << std::ifstream(file_).rdbuf();
    return text.str();
  }

  KeyFolder folder_;
  std::string file_ =
      folder_.Write("keyring.yaml", absl::StrCat("keys: [{id: k1, state: active, key: ", kBytes, "}]\n"));
};

TEST_F(KeyringRotationTest, GoesInSteps) {
  EXPECT_EQ(List(), "k1 active\n");
  const Printed first = Add("k2");
  EXPECT_EQ(first.status, 0) << first.error;
  EXPECT_THAT(first.out, AllOf(HasSubstr("k2 was added"), HasSubstr("every replica"), HasSubstr("`reloaded`")));
  EXPECT_EQ(List(), "k1 active\nk2 decrypt next\n");

  const Printed second = Rotate({});
  EXPECT_EQ(second.status, 0) << second.error;
  EXPECT_THAT(second.out, AllOf(HasSubstr("k2 seals from now on"), HasSubstr("rewrap"), HasSubstr("--retire k1")));
  EXPECT_EQ(List(), "k1 decrypt\nk2 active\n");

  const Printed third = Retire("k1");
  EXPECT_EQ(third.status, 0) << third.error;
  EXPECT_THAT(third.out, HasSubstr("refused"));
  EXPECT_EQ(List(), "k1 retired\nk2 active\n");
  EXPECT_THAT(Text(), Not(HasSubstr(kBytes))) << "its bytes are gone";
}

TEST_F(KeyringRotationTest, StagingSavesAStep) {
  EXPECT_EQ(Stage("k2").status, 0);
  EXPECT_EQ(List(), "k1 active\nk2 decrypt next\n");
  const Printed printed = Stage("k3");
  EXPECT_EQ(printed.status, 0) << printed.error;
  EXPECT_THAT(printed.out, AllOf(HasSubstr("k2 seals from now on"), HasSubstr("k3 was added")));
  EXPECT_EQ(List(), "k1 decrypt\nk2 active\nk3 decrypt next\n");
  EXPECT_EQ(Stage("k4").status, 0);
  EXPECT_EQ(List(), "k1 decrypt\nk2 decrypt\nk3 active\nk4 decrypt next\n");
}

TEST_F(KeyringRotationTest, KeysKeepTheirBytesAndNewOnesAreRandom) {
  ASSERT_EQ(Rotate({}).status, 0);
  ASSERT_EQ(Rotate({}).status, 0);
  ASSERT_EQ(Rotate({}).status, 0);
  ASSERT_OK_AND_ASSIGN(const KeyringFile file, KeyringFile::Read(file_));
  ASSERT_EQ(file.keys().size(), 3U);
  EXPECT_EQ(file.keys()[0].key.Reveal(), "0123456789abcdef0123456789abcdef");
  EXPECT_NE(file.keys()[1].id, file.keys()[2].id);
  EXPECT_NE(file.keys()[1].key.Reveal(), file.keys()[2].key.Reveal());
  EXPECT_EQ(file.keys()[2].key.size(), 32U);
  ASSERT_THAT(sealing::Keyring::Create(file.keys()), IsOk());
}

TEST_F(KeyringRotationTest, NoKeyIsPrinted) {
  std::string all = List();
  for (const Printed& printed : {Stage("k2"), Stage("k3"), Retire("k1"), Retire("k1"), Add("k2")}) {
    all += printed.out + printed.error;
  }
  EXPECT_THAT(all, Not(HasSubstr("MDEyMzQ1")));
  ASSERT_OK_AND_ASSIGN(const KeyringFile file, KeyringFile::Read(file_));
  EXPECT_THAT(all, Not(testing::ContainsRegex("[A-Za-z0-9+/]{43}=")));
}

TEST_F(KeyringRotationTest, WhatIsInUseIsNotRetired) {
  ASSERT_EQ(Stage("k2").status, 0);
  const std::string before = Text();
  for (const auto& [id, why] : std::vector<std::pair<std::string, std::string>>{
           {"k1", "is the one that seals"}, {"k2", "is a next one"}, {"k9", "has no key k9"}}) {
    const Printed printed = Retire(id);
    EXPECT_EQ(printed.status, kUsage);
    EXPECT_EQ(printed.out, "");
    EXPECT_THAT(printed.error, HasSubstr(why));
  }
  EXPECT_EQ(Add("k7").status, kUsage) << "none is added in this step";
  EXPECT_EQ(Stage("k1").status, kUsage) << "an id that is taken";
  EXPECT_EQ(Text(), before);
}

TEST_F(KeyringRotationTest, TheFileKeepsItsModeAndItsLinkAndLeavesNothingBeside) {
  ASSERT_EQ(::chmod(file_.c_str(), 0440), 0);
  const std::string link = folder_.path() + "/link";
  ASSERT_EQ(::symlink("keyring.yaml", link.c_str()), 0);
  const std::string real = file_;
  file_ = link;
  EXPECT_EQ(Add("k2").status, 0);
  struct stat facts {};
  ASSERT_EQ(::lstat(link.c_str(), &facts), 0);
  EXPECT_TRUE(S_ISLNK(facts.st_mode));
  ASSERT_EQ(::lstat(real.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0440U);
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
    names.push_back(entry.path().filename());
  EXPECT_THAT(names, testing::UnorderedElementsAre("keyring.yaml", "link"));
}

TEST_F(KeyringRotationTest, WhatSomebodyElseChangedMeanwhileIsKept) {
  ASSERT_OK_AND_ASSIGN(const KeyringFile mine, KeyringFile::Read(file_));
  ASSERT_EQ(Add("k2").status, 0);
  const std::string theirs = Text();
  const absl::Status status = mine.Rewrite(mine.keys());
  EXPECT_THAT(status.message(), HasSubstr("run this again"));
  EXPECT_EQ(Text(), theirs);
}

TEST_F(KeyringRotationTest, MistakesAreToldWithTheirPlaceAndWithoutKeys) {
  file_ = folder_.Write("keyring.yaml", absl::StrCat("keys: [{id: k1, state: activ, key: ", kBytes, "}]\n"));
  const Printed printed = Rotate({});
  EXPECT_EQ(printed.status, kUsage);
  EXPECT_THAT(printed.error, HasSubstr("keys[0].state: must be active, decrypt or retired (1:24)"));
  EXPECT_THAT(printed.error, Not(HasSubstr(kBytes)));
  file_ = folder_.path() + "/none";
  EXPECT_THAT(Rotate({}).error, HasSubstr("No such file"));
  EXPECT_THAT(Capture([&] { return ListKeyring(file_); }).error, HasSubstr("No such file"));
}

}  // namespace
}  // namespace oauth1d::cli
