#include "client/cli/saved_logins.h"

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/private_folder.h"
#include "server/callers/sha256.h"

namespace oauth1d::cli {
namespace {

using nlohmann::ordered_json;

constexpr char kSuffix[] = ".json";
constexpr size_t kLongestPart = 64;

std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// What a file's name may hold stays; all else is %XX. A long text ends in its hash.
std::string FilePart(const std::string& text) {
  std::string part;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || (c == '.' && !part.empty())) {
      part.push_back(c);
    } else {
      absl::StrAppendFormat(&part, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  if (part.size() <= kLongestPart) return part;
  const auto hash = callers::Sha256(text);
  const std::string short_hash(hash.begin(), hash.begin() + 8);
  return absl::StrCat(part.substr(0, kLongestPart), "~", absl::BytesToHexString(short_hash));
}

std::string ToText(const SavedLogin& login) {
  ordered_json parameters = ordered_json::array();
  for (const auto& [name, value] : login.parameters) parameters.push_back({{"name", name}, {"value", value}});
  const ordered_json text{{"server", login.name.server},   {"provider", login.name.provider},
                          {"account", login.name.account}, {"access_token", login.access_token},
                          {"parameters", parameters},      {"expires", login.expires},
                          {"saved", login.saved}};
  return text.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

SavedLogin FromText(const std::string& text, const std::string& path) {
  try {
    const auto read = nlohmann::json::parse(text);
    SavedLogin login;
    login.name = {read.at("server"), read.at("provider"), read.at("account")};
    login.access_token = read.at("access_token");
    for (const auto& one : read.at("parameters")) login.parameters.emplace_back(one.at("name"), one.at("value"));
    login.expires = read.at("expires");
    login.saved = read.at("saved");
    return login;
  } catch (const nlohmann::json::exception&) {  // its text would quote the file
    throw std::runtime_error(path + " is damaged: oauth1ctl logout, then login again");
  }
}

}  // namespace

std::string SavedLogin::Who() const {
  for (const char* const known : {"screen_name", "username", "user_name", "fullname", "user_id", "user_nsid"}) {
    for (const auto& [name, value] : parameters) {
      if (name == known && !value.empty()) return value;
    }
  }
  return "";
}

std::string StateFolder() {
  // A relative path would depend on where one stands; the XDG specification says to ignore it.
  const std::string own = Variable("OAUTH1D_STATE_DIR");
  if (!own.empty() && own[0] != '/') throw std::runtime_error("OAUTH1D_STATE_DIR must be an absolute path");
  if (!own.empty()) return own;
  const std::string state = Variable("XDG_STATE_HOME");
  if (!state.empty() && state[0] == '/') return state + "/oauth1d";
  const std::string home = Variable("HOME");
  if (home.empty() || home[0] != '/') throw std::runtime_error("nowhere to keep logins: set OAUTH1D_STATE_DIR");
  return home + "/.local/state/oauth1d";
}

std::string AccountOf(const std::string& as, const std::string& consumer) {
  if (!as.empty()) return as;
  return consumer.empty() ? "default" : consumer;
}

std::string SavedLogins::FileName(const LoginName& name) {
  return absl::StrCat(FilePart(name.server), "+", FilePart(name.provider), "+", FilePart(name.account), kSuffix);
}

void SavedLogins::Prepare() const { PrivateFolder::OpenOrCreate(folder_); }

std::vector<SavedLogin> SavedLogins::All() const {
  std::vector<SavedLogin> logins;
  const std::optional<PrivateFolder> folder = PrivateFolder::Open(folder_);
  if (!folder.has_value()) return logins;
  for (const std::string& file : folder->List(kSuffix)) {
    const std::optional<std::string> text = folder->Read(file);
    if (text.has_value()) logins.push_back(FromText(*text, absl::StrCat(folder_, "/", file)));
  }
  return logins;
}

std::optional<SavedLogin> SavedLogins::Find(const LoginName& name) const {
  const std::optional<PrivateFolder> folder = PrivateFolder::Open(folder_);
  if (!folder.has_value()) return std::nullopt;
  const std::string file = FileName(name);
  const std::optional<std::string> text = folder->Read(file);
  if (!text.has_value()) return std::nullopt;
  return FromText(*text, absl::StrCat(folder_, "/", file));
}

std::string SavedLogins::Save(const SavedLogin& login) const {
  const PrivateFolder folder = PrivateFolder::OpenOrCreate(folder_);
  folder.Write(FileName(login.name), ToText(login));
  return absl::StrCat(folder_, "/", FileName(login.name));
}

void SavedLogins::Renew(const LoginName& name, const std::string& old, const std::string& renewed) const {
  std::optional<SavedLogin> login = Find(name);
  if (!login.has_value() || login->access_token != old) return;
  login->access_token = renewed;
  login->expires.clear();
  Save(*login);
}

bool SavedLogins::Forget(const LoginName& name) const {
  const std::optional<PrivateFolder> folder = PrivateFolder::Open(folder_);
  return folder.has_value() && folder->Remove(FileName(name));
}

}  // namespace oauth1d::cli
