#include "tests/config/config_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>

namespace oauth1d::config {

absl::Time TestTime() { return absl::FromUnixSeconds(1'700'000'000); }

ConfigFolder::ConfigFolder() {
  std::string name = testing::TempDir() + "oauth1d_config_XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "cannot make " << name;
  path_ = name;
  variables_ = {{"OAUTH1D_KEYRING", kKeyringText}, {"TWITTER_SECRET", "demo-secret"}};
}

ConfigFolder::~ConfigFolder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

std::string ConfigFolder::Write(const std::string& name, absl::string_view text, unsigned mode) const {
  std::string file = path_ + "/" + name;
  std::ofstream(file, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
  EXPECT_EQ(::chmod(file.c_str(), mode), 0) << file;
  return file;
}

ReadVariable ConfigFolder::Environment() const {
  return [this](const std::string& name) -> std::optional<Secret> {
    const auto found = variables_.find(name);
    if (found == variables_.end()) return std::nullopt;
    return Secret(found->second);
  };
}

Loaded ConfigFolder::Load(absl::string_view yaml) const { return LoadText(yaml, path_, TestTime(), Environment()); }

Loaded ConfigFolder::LoadFrom(const std::string& file) const { return LoadFile(file, TestTime(), Environment()); }

}  // namespace oauth1d::config
