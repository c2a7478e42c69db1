// OAuth 1.0 written a second time, for the other side of a test: nothing of the room oauth1 is used, so that no mistake
// of ours agrees with itself.
#ifndef OAUTH1D_TESTS_RECORDS_OWN_OAUTH_H_
#define OAUTH1D_TESTS_RECORDS_OWN_OAUTH_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace oauth1d::records {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// RFC 5849 section 3.6.
std::string Encode(absl::string_view text);
// %XX, and in forms '+' for a blank.
std::string Decode(absl::string_view text, bool plus_is_blank);
// A query or a form, decoded.
Pairs ReadForm(absl::string_view text);
std::string WriteForm(const Pairs& pairs);

// RFC 5849 section 3.4.1; `parameters` are decoded, without oauth_signature and realm.
std::string BaseString(absl::string_view method, absl::string_view uri, const Pairs& parameters);

// What a signature is checked against.
struct Keys {
  std::string consumer_secret;
  std::string token_secret;
  std::string public_key_pem;  // for the RSA methods
};
// RFC 5849 section 3.4.2 to 3.4.4, and their SHA-2 kin.
bool SignatureHolds(absl::string_view method, absl::string_view base_string, absl::string_view signature,
                    const Keys& keys);

// Base64 of the hash; `name` is SHA1 or SHA256.
std::string HashOf(absl::string_view name, absl::string_view bytes);

}  // namespace oauth1d::records

#endif  // OAUTH1D_TESTS_RECORDS_OWN_OAUTH_H_
