// The signature base string (RFC 5849 section 3.4.1).
#ifndef OAUTH1D_SERVER_OAUTH1_SIGNATURE_BASE_H_
#define OAUTH1D_SERVER_OAUTH1_SIGNATURE_BASE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "server/oauth1/parameter.h"
#include "server/oauth1/url.h"

namespace oauth1d::oauth1 {

// Method in upper case, base string URI and normalized parameters, joined by '&'. The parameters are those of
// the URL's query, of `form` (an encoded application/x-www-form-urlencoded body; empty: none) and of
// `protocol` (the oauth_* ones, without realm and oauth_signature). They are encoded first and sorted then:
// the other order gives another signature when a name or value holds a reserved character.
std::string SignatureBaseString(absl::string_view method, const Url& url, absl::string_view form,
                                const Parameters& protocol);

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_SIGNATURE_BASE_H_
