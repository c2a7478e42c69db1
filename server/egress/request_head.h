// The head of a request, as it stands on the wire.
#ifndef OAUTH1D_SERVER_EGRESS_REQUEST_HEAD_H_
#define OAUTH1D_SERVER_EGRESS_REQUEST_HEAD_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "server/egress/http_client.h"

namespace oauth1d::egress {

// Request line, Host, the request's own fields in their order and spelling, Content-Length where it is due (nothing:
// the body goes out chunked), and the empty line. kInternal where the caller broke the contract of HttpRequest: nothing
// that could be read as two requests leaves this house, whoever forgot to check it.
absl::StatusOr<std::string> RequestHead(const HttpRequest& request, std::optional<uint64_t> content_length);

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_REQUEST_HEAD_H_
