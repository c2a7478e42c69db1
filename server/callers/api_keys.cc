#include "server/callers/api_keys.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/base/secret.h"
#include "server/callers/sha256.h"

namespace oauth1d::callers {
namespace {

constexpr absl::string_view kScheme = "Bearer ";

bool IsKeyCharacter(char c) { return absl::ascii_isalnum(c) || absl::StrContains("-._~+/=", c); }

absl::string_view BytesOf(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

std::optional<Sha256Digest> DigestOfShownKey(absl::string_view authorization) {
  if (!absl::StartsWithIgnoreCase(authorization, kScheme)) return std::nullopt;
  const absl::string_view key = authorization.substr(kScheme.size());
  if (key.empty() || !std::all_of(key.begin(), key.end(), IsKeyCharacter)) return std::nullopt;
  return Sha256(key);
}

bool IsAmong(const Sha256Digest& digest, const std::vector<Sha256Digest>& keys) {
  unsigned equal = 0;
  for (const Sha256Digest& key : keys) equal |= EqualInConstantTime(BytesOf(digest), BytesOf(key)) ? 1U : 0U;
  return equal != 0;
}

std::string NameOfKey(const Sha256Digest& digest) {
  return absl::StrCat("key:", absl::BytesToHexString(BytesOf(digest).substr(0, 4)));
}

}  // namespace oauth1d::callers
