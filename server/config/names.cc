#include "server/config/names.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/failure.h"

namespace oauth1d::config {
namespace {

bool IsName(absl::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-';
  });
}

}  // namespace

void Names::Take(const std::string& name, const std::string& path) {
  if (name.empty()) {
    findings_.Fault(path, "is required: 1 to 64 of [A-Za-z0-9._-]");
  } else if (!IsName(name)) {
    findings_.Fault(path, absl::StrCat("must be 1 to 64 of [A-Za-z0-9._-], not \"", EscapeForPeople(name, 64), "\""));
  } else if (const auto [first, is_new] = paths_.emplace(name, path); !is_new) {
    findings_.Fault(path, absl::StrCat("the name ", name, " is taken by ", first->second));
  }
}

}  // namespace oauth1d::config
