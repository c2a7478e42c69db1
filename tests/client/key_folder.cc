#include "tests/client/key_folder.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace oauth1d::cli {

KeyFolder::KeyFolder() : path_(testing::TempDir() + "/oauth1d-keys-XXXXXX") {
  EXPECT_NE(mkdtemp(path_.data()), nullptr);
}

KeyFolder::~KeyFolder() { std::filesystem::remove_all(path_); }

std::string KeyFolder::Write(const std::string& name, absl::string_view bytes) const {
  std::string file = path_ + "/" + name;
  std::ofstream(file, std::ios::binary) << bytes;
  return file;
}

}  // namespace oauth1d::cli
