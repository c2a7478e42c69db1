// What callers may put into a request that we sign: checked before anything is sent, stored or burnt.
#ifndef OAUTH1D_SERVER_FLOW_CALLER_INPUT_H_
#define OAUTH1D_SERVER_FLOW_CALLER_INPUT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/base/failure.h"
#include "server/egress/http_client.h"
#include "server/oauth1/parameter.h"

namespace oauth1d::flow {

// Adds a violation for each parameter whose name begins with oauth_: those are the service's own.
void CheckNoProtocolParameters(const oauth1::Parameters& parameters, absl::string_view field,
                               FieldViolations& violations);

// As above, and for each that holds control characters or whose name is not in `allowed`.
void CheckAllowedParameters(const oauth1::Parameters& parameters, const std::vector<std::string>& allowed,
                            absl::string_view field, FieldViolations& violations);

// Adds a violation for each header field whose name is no token, whose value holds a control character, or that is
// the service's to set: Host, Authorization, Content-*, Connection, Cookie, Proxy-* and their like, also when
// spelled with '_' for '-' (CVE-2025-64484).
void CheckHeaders(const std::vector<egress::HeaderField>& headers, absl::string_view field,
                  FieldViolations& violations);

// The fields of an answer that a caller may see: without hop-by-hop fields (RFC 9110 section 7.6.1), Set-Cookie,
// WWW-Authenticate and Proxy-*.
std::vector<egress::HeaderField> VisibleHeaders(std::vector<egress::HeaderField> headers);

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_CALLER_INPUT_H_
