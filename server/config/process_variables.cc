#include "server/config/process_variables.h"

#include <openssl/crypto.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace oauth1d::config {

std::optional<Secret> ProcessVariables::Read(const std::string& name) {
  const absl::MutexLock lock(&mutex_);
  const auto known = read_.find(name);
  if (known != read_.end()) return known->second;
  std::optional<Secret> value;
  // A name may stand there twice: the first one counts, as for getenv, and none is left.
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    if (std::strncmp(*variable, name.c_str(), name.size()) != 0 || (*variable)[name.size()] != '=') continue;
    char* const text = *variable + name.size() + 1;
    const size_t size = std::strlen(text);
    if (!value.has_value()) value = Secret(absl::string_view(text, size));
    OPENSSL_cleanse(text, size);
  }
  if (value.has_value()) read_.emplace(name, *value);
  return value;
}

std::vector<std::string> EnvironmentWithout(const std::set<std::string>& names) {
  std::vector<std::string> environment;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const absl::string_view text = *variable;
    // Not by the first =, as a name with one in it is found too.
    const bool named = std::any_of(names.begin(), names.end(), [text](const std::string& name) {
      return absl::StartsWith(text, name) && absl::StartsWith(text.substr(name.size()), "=");
    });
    if (!named) environment.emplace_back(text);
  }
  return environment;
}

}  // namespace oauth1d::config
