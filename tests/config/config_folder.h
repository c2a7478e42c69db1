// A folder of its own for a test's configuration, and an environment of its own.
#ifndef OAUTH1D_TESTS_CONFIG_CONFIG_FOLDER_H_
#define OAUTH1D_TESTS_CONFIG_CONFIG_FOLDER_H_

#include <gmock/gmock.h>

#include <map>
#include <optional>
#include <ostream>
#include <string>

#include "absl/strings/string_view.h"
#include "server/config/loader.h"

namespace oauth1d::config {

// 2023-11-14, the time of a FakeEnvironment.
absl::Time TestTime();

// A keyring with one key, active.
inline constexpr char kKeyringText[] =
    "keys: [{id: k1, state: active, key: MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=}]\n";

class ConfigFolder {
 public:
  // In the environment: OAUTH1D_KEYRING (kKeyringText) and TWITTER_SECRET.
  ConfigFolder();
  ~ConfigFolder();

  const std::string& path() const { return path_; }
  // Writes a file below the folder and gives its path.
  std::string Write(const std::string& name, absl::string_view text, unsigned mode = 0600) const;
  void SetVariable(const std::string& name, const std::string& value) { variables_[name] = value; }
  void UnsetVariable(const std::string& name) { variables_.erase(name); }

  ReadVariable Environment() const;

  Loaded Load(absl::string_view yaml) const;
  Loaded LoadFrom(const std::string& file) const;

 private:
  std::string path_;
  std::map<std::string, std::string> variables_;
};

// A configuration that loads, in pieces to replace.
struct Pieces {
  std::string listen;  // none: the defaults
  std::string store;
  std::string keyring = "keyring: {env: OAUTH1D_KEYRING}\n";
  std::string owners = "owners: [{name: default, providers: [{name: twitter}]}]\n";
  std::string providers = "providers:\n";
  std::string name = "- name: twitter\n";
  std::string record = "  record: x\n";
  std::string consumers = "  consumers: [{name: main, key: demo-key, secret: {env: TWITTER_SECRET}}]\n";
  std::string more;  // more fields of the provider

  std::string Text() const { return listen + store + keyring + owners + providers + name + record + consumers + more; }
};

inline void PrintTo(const Mistake& mistake, std::ostream* out) { *out << ToString(mistake); }

// Among `mistakes`, one with this path, and this text in what it says.
MATCHER_P2(HasMistake, path, fragment, "") {
  *result_listener << "\n" << ToLines(arg);
  for (const Mistake& mistake : arg) {
    if (mistake.path == path && mistake.what.find(fragment) != std::string::npos) return true;
  }
  return false;
}

}  // namespace oauth1d::config

#endif  // OAUTH1D_TESTS_CONFIG_CONFIG_FOLDER_H_
