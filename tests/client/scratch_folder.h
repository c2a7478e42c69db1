// A folder for one test.
#ifndef OAUTH1D_TESTS_CLIENT_SCRATCH_FOLDER_H_
#define OAUTH1D_TESTS_CLIENT_SCRATCH_FOLDER_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace oauth1d::cli {

class ScratchFolder {
 public:
  ScratchFolder() : path_(::testing::TempDir() + "oauth1ctl-XXXXXX") {
    EXPECT_NE(mkdtemp(path_.data()), nullptr) << path_;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() { std::filesystem::remove_all(path_); }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace oauth1d::cli

#endif  // OAUTH1D_TESTS_CLIENT_SCRATCH_FOLDER_H_
