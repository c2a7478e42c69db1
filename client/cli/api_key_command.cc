#include "client/cli/api_key_command.h"

#include <iostream>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/base/environment.h"
#include "server/callers/sha256.h"

namespace oauth1d::cli {
namespace {

// So that scanners for leaked secrets find it.
constexpr absl::string_view kPrefix = "oa1k_";

}  // namespace

int NewApiKey() {
  const absl::StatusOr<std::string> random = RandomText(RealEnvironment(), 32);
  if (!random.ok()) {
    std::cerr << "oauth1ctl: the random generator failed\n";
    return 1;
  }
  const std::string key = absl::StrCat(kPrefix, *random);
  const callers::Sha256Digest digest = callers::Sha256(key);
  const absl::string_view bytes(reinterpret_cast<const char*>(digest.data()), digest.size());
  std::cout << key << "\napi_key_sha256: [" << absl::BytesToHexString(bytes) << "]\n";
  return 0;
}

}  // namespace oauth1d::cli
