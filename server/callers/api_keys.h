// API keys: kept as SHA-256 only, compared in constant time.
#ifndef OAUTH1D_SERVER_CALLERS_API_KEYS_H_
#define OAUTH1D_SERVER_CALLERS_API_KEYS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/callers/identity.h"

namespace oauth1d::callers {

// The digest of KEY in `Bearer KEY` (RFC 6750, section 2.1; the scheme in any case, one space). Nothing: it is not
// that.
std::optional<Sha256Digest> DigestOfShownKey(absl::string_view authorization);

// In a time that depends on how many keys there are, and on nothing else.
bool IsAmong(const Sha256Digest& digest, const std::vector<Sha256Digest>& keys);

// `key:` and 8 hexadecimal digits, for log lines.
std::string NameOfKey(const Sha256Digest& digest);

}  // namespace oauth1d::callers

#endif  // OAUTH1D_SERVER_CALLERS_API_KEYS_H_
