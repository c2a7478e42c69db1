#include "server/oauth1/authorization_header.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::oauth1 {

std::string AuthorizationHeader(absl::string_view realm, const Parameters& protocol) {
  std::string header = "OAuth ";
  absl::string_view separator;
  if (!realm.empty()) {
    absl::StrAppend(&header, "realm=\"", absl::StrReplaceAll(realm, {{"\\", "\\\\"}, {"\"", "\\\""}}), "\"");
    separator = ", ";
  }
  for (const Parameter& parameter : protocol) {
    absl::StrAppend(&header, separator);
    AppendPercentEncoded(parameter.name, header);
    header += "=\"";
    AppendPercentEncoded(parameter.value, header);
    header.push_back('"');
    separator = ", ";
  }
  return header;
}

}  // namespace oauth1d::oauth1
