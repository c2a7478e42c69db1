#include "client/cli/private_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "tests/client/scratch_folder.h"

namespace oauth1d::cli {
namespace {

namespace fs = std::filesystem;

mode_t ModeOf(const std::string& path) {
  struct stat facts {};
  EXPECT_EQ(lstat(path.c_str(), &facts), 0);
  return facts.st_mode & 07777;
}

class PrivateFolderTest : public ::testing::Test {
 protected:
  const ScratchFolder scratch_;
  const std::string path_ = scratch_.path() + "/a/b/state";
};

TEST_F(PrivateFolderTest, IsMadeForItsOwnerAlone) {
  umask(0);
  const PrivateFolder folder = PrivateFolder::OpenOrCreate(path_);
  folder.Write("one", "text");
  umask(022);
  EXPECT_EQ(ModeOf(path_), 0700);
  EXPECT_EQ(ModeOf(scratch_.path() + "/a"), 0700);
  EXPECT_EQ(ModeOf(path_ + "/one"), 0600);
}

TEST_F(PrivateFolderTest, GivesBackWhatWasWritten) {
  const PrivateFolder folder = PrivateFolder::OpenOrCreate(path_);
  EXPECT_EQ(folder.Read("one"), std::nullopt);
  folder.Write("one", "first");
  folder.Write("one", std::string(20'000, 'x'));
  folder.Write("two", "");
  EXPECT_EQ(folder.Read("one"), std::string(20'000, 'x'));
  EXPECT_EQ(folder.List(""), (std::vector<std::string>{"one", "two"})) << "and nothing temporary";
  EXPECT_TRUE(folder.Remove("one"));
  EXPECT_FALSE(folder.Remove("one"));
}

TEST_F(PrivateFolderTest, IsMissingUntilItIsMade) { EXPECT_FALSE(PrivateFolder::Open(path_).has_value()); }

TEST_F(PrivateFolderTest, RefusesAFileThatOthersCanRead) {
  const PrivateFolder folder = PrivateFolder::OpenOrCreate(path_);
  for (const mode_t mode : {0640, 0604, 0620, 0601}) {
    folder.Write("one", "secret");
    ASSERT_EQ(chmod((path_ + "/one").c_str(), mode), 0);
    EXPECT_THROW(folder.Read("one"), std::runtime_error) << std::oct << mode;
  }
  folder.Write("one", "fresh");
  EXPECT_EQ(folder.Read("one"), "fresh") << "what is written anew is ours alone";
}

TEST_F(PrivateFolderTest, RefusesWhatIsNoPlainFile) {
  const PrivateFolder folder = PrivateFolder::OpenOrCreate(path_);
  std::ofstream(scratch_.path() + "/elsewhere") << "untouched";
  fs::create_symlink(scratch_.path() + "/elsewhere", path_ + "/link");
  ASSERT_EQ(mkfifo((path_ + "/pipe").c_str(), 0600), 0);
  fs::create_directory(path_ + "/folder");
  for (const char* const name : {"link", "pipe", "folder"}) {
    EXPECT_THROW(folder.Read(name), std::runtime_error) << name;
    EXPECT_THROW(folder.Write(name, "x"), std::runtime_error) << name;
  }
  std::string kept;
  std::getline(std::ifstream(scratch_.path() + "/elsewhere"), kept);
  EXPECT_EQ(kept, "untouched");
}

TEST_F(PrivateFolderTest, RefusesAFolderThatOthersCanEnterOrThatIsASymlink) {
  { PrivateFolder::OpenOrCreate(path_); }
  fs::create_symlink(path_, scratch_.path() + "/link");
  EXPECT_THROW(PrivateFolder::Open(scratch_.path() + "/link"), std::runtime_error);
  EXPECT_THROW(PrivateFolder::OpenOrCreate(scratch_.path() + "/link"), std::runtime_error);
  ASSERT_EQ(chmod(path_.c_str(), 0750), 0);
  EXPECT_THROW(PrivateFolder::Open(path_), std::runtime_error);
}

}  // namespace
}  // namespace oauth1d::cli
