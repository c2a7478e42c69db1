#include "server/config/spiffe_id.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/base/status_macros.h"

namespace oauth1d::config {
namespace {

constexpr size_t kLongestId = 2048;
constexpr size_t kLongestTrustDomain = 255;

absl::Status Wrong(absl::string_view why) { return absl::InvalidArgumentError(why); }

bool IsPlain(unsigned char c) { return absl::ascii_isdigit(c) || c == '.' || c == '-' || c == '_'; }

bool IsOfDomain(char c) { return IsPlain(c) || absl::ascii_islower(static_cast<unsigned char>(c)); }

bool IsOfPath(char c) { return IsPlain(c) || absl::ascii_isalpha(static_cast<unsigned char>(c)); }

absl::Status CheckSegment(absl::string_view segment) {
  if (segment.empty()) return Wrong("its path has an empty segment, or ends in /");
  if (segment == "." || segment == "..") return Wrong("its path has a segment of dots");
  if (!std::all_of(segment.begin(), segment.end(), IsOfPath)) return Wrong("its path must be of [A-Za-z0-9._-] and /");
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckTrustDomain(absl::string_view name) {
  if (name.empty()) return Wrong("the trust domain is missing");
  if (name.size() > kLongestTrustDomain) return Wrong("the trust domain is longer than 255 bytes");
  if (!std::all_of(name.begin(), name.end(), IsOfDomain)) {
    return Wrong("a trust domain must be of [a-z0-9._-], without user information or port");
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::string_view> TrustDomainOf(absl::string_view id) {
  if (id.size() > kLongestId) return Wrong("is longer than 2048 bytes");
  if (!absl::ConsumePrefix(&id, "spiffe://")) return Wrong("must begin with spiffe://");
  const size_t slash = id.find('/');
  const absl::string_view domain = id.substr(0, slash);
  RETURN_IF_ERROR(CheckTrustDomain(domain));
  if (slash == absl::string_view::npos) return Wrong("has no path: it names a whole trust domain");
  for (const absl::string_view segment : absl::StrSplit(id.substr(slash + 1), '/')) {
    RETURN_IF_ERROR(CheckSegment(segment));
  }
  return domain;
}

}  // namespace oauth1d::config
