#include "server/egress/http_client.h"

#include "absl/strings/match.h"

namespace oauth1d::egress {

absl::string_view FindHeader(const std::vector<HeaderField>& headers, absl::string_view name) {
  for (const HeaderField& field : headers) {
    if (absl::EqualsIgnoreCase(field.name, name)) return field.value;
  }
  return {};
}

}  // namespace oauth1d::egress
