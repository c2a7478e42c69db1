// A tunnel through an HTTP proxy (RFC 9110 section 9.3.6).
#ifndef OAUTH1D_SERVER_EGRESS_PROXY_TUNNEL_H_
#define OAUTH1D_SERVER_EGRESS_PROXY_TUNNEL_H_

#include "server/base/network_rules.h"
#include "server/base/task.h"
#include "server/egress/socket.h"
#include "server/egress/time_limit.h"

namespace oauth1d::egress {

// Asks the proxy at the other end of the socket for a connection to the origin. OK: the next byte, either way, is the
// origin's. The referents outlive the Task.
// Errors: PROVIDER_UNREACHABLE, with a message for the operator that holds the proxy's status and none of its text;
// and Socket::Wait's.
Task<> OpenTunnel(Socket* socket, const HttpProxy* proxy, Origin origin, TimeLimit limit);

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_PROXY_TUNNEL_H_
