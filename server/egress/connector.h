// Opens a TCP connection to one of several addresses.
#ifndef OAUTH1D_SERVER_EGRESS_CONNECTOR_H_
#define OAUTH1D_SERVER_EGRESS_CONNECTOR_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <vector>

#include "server/base/environment.h"
#include "server/base/task.h"
#include "server/egress/open_sockets.h"
#include "server/egress/socket.h"
#include "server/egress/time_limit.h"

namespace oauth1d::egress {

// Happy eyeballs (RFC 8305): the families take turns, IPv6 first; the next address is tried when one failed or after
// 250 ms, the earlier attempts going on; the first that connects wins and the others are closed.
// Errors: PROVIDER_UNREACHABLE; the limit's; kCancelled.
Task<std::unique_ptr<Socket>> Connect(boost::asio::io_context& loop, Environment& environment,
                                      std::shared_ptr<OpenSockets> open_sockets,
                                      std::vector<boost::asio::ip::address> addresses, uint16_t port, TimeLimit limit);

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_CONNECTOR_H_
