// An http or https URL (RFC 3986), kept byte for byte: what is signed is what is sent.
#ifndef OAUTH1D_SERVER_OAUTH1_URL_H_
#define OAUTH1D_SERVER_OAUTH1_URL_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/network_rules.h"

namespace oauth1d::oauth1 {

class Url {
 public:
  // Refuses, and never repairs: user info, fragments, hosts that are neither a name nor an address, and
  // characters that a URL may not hold. '[' and ']' pass in a query: every browser sends them there.
  // Errors: kInvalidArgument that says what is wrong.
  static absl::StatusOr<Url> Parse(absl::string_view text);

  // Origin and target of the same bytes; for callers that checked them.
  static Url FromParts(Origin origin, std::string path, std::string query, bool has_query);

  const Origin& origin() const { return origin_; }
  // As it stands in the URL; at least "/".
  const std::string& path() const { return path_; }
  // Without the '?'; encoded.
  const std::string& query() const { return query_; }
  bool has_query() const { return has_query_; }

  // Path and query, as the request line has them.
  std::string Target() const;
  // Host, and the port unless it is the scheme's own; an IPv6 host in brackets. As the Host field has it.
  std::string HostAndPort() const;
  // The whole URL; scheme and host in lower case, an empty path as "/".
  std::string ToString() const;
  // RFC 5849 section 3.4.1.2: scheme, host, port unless default, path; no query.
  std::string BaseStringUri() const;
  void AppendBaseStringUri(std::string& out) const;
  // The same URL with one more parameter at the end of its query.
  Url WithParameter(absl::string_view name, absl::string_view value) const;
  // The same URL with text, already encoded, at the end of its query.
  Url WithEncodedQuery(absl::string_view encoded) const;
  void AppendEncodedQuery(absl::string_view encoded);

 private:
  Origin origin_;
  std::string path_ = "/";
  std::string query_;
  bool has_query_ = false;
};

// 127.0.0.0/8, ::1 and localhost.
bool IsLoopbackHost(absl::string_view host);

// OK if a URL may hold these characters in its path (or query), each '%' begins a %XX.
absl::Status CheckPathCharacters(absl::string_view path);
absl::Status CheckQueryCharacters(absl::string_view query);

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_URL_H_
