// The cookie that ties a login to the browser that began it.
#ifndef OAUTH1D_COOKIES_H_
#define OAUTH1D_COOKIES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "oauth1d/v1/oauth1d.pb.h"

namespace oauth1d {

// The value of a Set-Cookie header for the cookie that StartAuthorization gave: Path=/; HttpOnly; SameSite=Lax, and
// Secure where the name says so (`__Host-`). Empty where the service cannot have made the cookie: a header must never
// be made of foreign text.
std::string SetCookieHeader(const v1::BindingCookie& cookie);

// The value of a Set-Cookie header that deletes the cookie of this name: spent_cookie_name, once a login is finished.
// Empty as above.
std::string ClearCookieHeader(absl::string_view name);

// The binding cookies in a request's Cookie header (RFC 6265 section 4.2); join several headers with "; ". What the
// service cannot have made is left out, so a cookie that a neighbouring site planted locks nobody out. At most 32:
// those named `__Host-` before all others, since nobody can plant them, and then the last ones, which are the newest.
std::vector<v1::BindingCookie> BindingCookies(absl::string_view cookie_header);

}  // namespace oauth1d

#endif  // OAUTH1D_COOKIES_H_
