#include "server/flow/binding.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/base/status_macros.h"
#include "server/flow/flow_records.h"

namespace oauth1d::flow {
namespace {

// 256 bits in base64url without padding.
bool IsBindingValue(absl::string_view value) {
  return value.size() == 43 && std::all_of(value.begin(), value.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
         });
}

}  // namespace

std::string BindingCookieName(absl::string_view lookup, bool secure) {
  return absl::StrCat(secure ? "__Host-" : "", "oauth1-", absl::WebSafeBase64Escape(Sha256(lookup)).substr(0, 16));
}

std::string BindingShare(const BindingCookie& cookie) { return absl::StrCat(cookie.name, "=", cookie.value); }

absl::StatusOr<std::vector<BindingCookie>> PickBindings(const std::vector<BindingCookie>& cookies,
                                                        absl::string_view lookup) {
  if (cookies.empty()) {
    return FailField("binding_cookies", "is empty; pass every cookie whose name begins with __Host-oauth1- or oauth1-");
  }
  const std::string secure_name = BindingCookieName(lookup, true);
  const std::string plain_name = BindingCookieName(lookup, false);
  std::vector<BindingCookie> picked;
  FieldViolations malformed;
  for (size_t i = 0; i < cookies.size(); ++i) {
    if (cookies[i].name != secure_name && cookies[i].name != plain_name) continue;
    if (IsBindingValue(cookies[i].value)) {
      picked.push_back(cookies[i]);
    } else {
      malformed.Add(absl::StrCat("binding_cookies[", i, "].value"),
                    "is not the value that StartAuthorization gave; pass cookies as they came");
    }
  }
  if (!picked.empty()) return picked;
  RETURN_IF_ERROR(malformed.ToStatus());
  return Fail(
      Reason::kBindingMismatch,
      "this login was begun in another browser (or its cookie is gone); it can be finished there, or begun anew");
}

}  // namespace oauth1d::flow
