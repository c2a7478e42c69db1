#include "client/cli/output_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "tests/client/scratch_folder.h"

namespace oauth1d::cli {
namespace {

namespace fs = std::filesystem;

std::string TextOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

size_t FilesIn(const std::string& folder) {
  return static_cast<size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(OutputFileTest, IsThereOnceItIsWhole) {
  const ScratchFolder scratch;
  const std::string path = scratch.path() + "/out";
  std::ofstream(path) << "before";
  {
    OutputFile file(path);
    file.Write("new ");
    EXPECT_EQ(TextOf(path), "before");
    file.Write("text");
    file.Commit();
  }
  EXPECT_EQ(TextOf(path), "new text");
  EXPECT_EQ(FilesIn(scratch.path()), 1);
}

TEST(OutputFileTest, LeavesNothingWithoutCommit) {
  const ScratchFolder scratch;
  {
    OutputFile file(scratch.path() + "/out");
    file.Write("half");
  }
  EXPECT_EQ(FilesIn(scratch.path()), 0);
}

TEST(OutputFileTest, WhatWasPrivateStaysPrivate) {
  const ScratchFolder scratch;
  const std::string path = scratch.path() + "/out";
  std::ofstream(path) << "before";
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  OutputFile file(path);
  file.Write("after");
  file.Commit();
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST(OutputFileTest, KeepsASymlinkToWhatIsNotThereYet) {
  const ScratchFolder scratch;
  fs::create_symlink("real", scratch.path() + "/link");
  OutputFile file(scratch.path() + "/link");
  file.Write("after");
  file.Commit();
  EXPECT_TRUE(fs::is_symlink(scratch.path() + "/link"));
  EXPECT_EQ(TextOf(scratch.path() + "/real"), "after");
}

TEST(OutputFileTest, KeepsASymlinkAndWritesWhatItNames) {
  const ScratchFolder scratch;
  std::ofstream(scratch.path() + "/real") << "before";
  fs::create_symlink("real", scratch.path() + "/link");
  OutputFile file(scratch.path() + "/link");
  file.Write("after");
  file.Commit();
  EXPECT_TRUE(fs::is_symlink(scratch.path() + "/link"));
  EXPECT_EQ(TextOf(scratch.path() + "/real"), "after");
}

TEST(OutputFileTest, SaysWhereItCannotWrite) {
  const ScratchFolder scratch;
  EXPECT_THROW(OutputFile(scratch.path() + "/no/where"), std::runtime_error);
  EXPECT_THROW(OutputFile{scratch.path()}, std::runtime_error);
}

}  // namespace
}  // namespace oauth1d::cli
