#include "client/cli/keyring_command.h"

#include <iostream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "client/cli/report.h"
#include "server/base/environment.h"
#include "server/sealing/keyring.h"

namespace oauth1d::cli {

int NewKeyring(const std::string& id) {
  const absl::StatusOr<std::string> key = RealEnvironment().RandomBytes(32);
  const absl::StatusOr<std::string> suffix = RealEnvironment().RandomBytes(4);
  if (!key.ok() || !suffix.ok()) {
    std::cerr << "oauth1ctl: the random generator failed\n";
    return 1;
  }
  const std::string name = id.empty() ? absl::StrCat("k", absl::BytesToHexString(*suffix)) : id;
  if (!sealing::IsKeyId(name)) {
    std::cerr << "oauth1ctl: --id must be 1 to 64 of [A-Za-z0-9._-]\n";
    return kUsage;
  }
  std::cout << "keys: [{id: " << name << ", state: active, key: " << absl::Base64Escape(*key) << "}]\n";
  return 0;
}

}  // namespace oauth1d::cli
