// The IPv4 addresses that an IPv6 address carries, and that its packets may end up at.
#ifndef OAUTH1D_SERVER_EGRESS_EMBEDDED_IPV4_H_
#define OAUTH1D_SERVER_EGRESS_EMBEDDED_IPV4_H_

#include <boost/asio/ip/address.hpp>
#include <vector>

namespace oauth1d::egress {

// IPv4-compatible (RFC 4291), IPv4-translated (RFC 2765), NAT64 (RFC 6052; in 64:ff9b:1::/48, RFC 8215, with a prefix
// of 96 bits), 6to4 (RFC 3056), ISATAP (RFC 5214), and Teredo (RFC 4380), which carries two: its server and its
// client. Not IPv4-mapped ones: those are IPv4 addresses, and the kernel takes them so.
std::vector<boost::asio::ip::address> EmbeddedIPv4(const boost::asio::ip::address& address);

// Whether the interface identifier says that an IPv4 address follows.
bool IsIsatap(const boost::asio::ip::address& address);

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_EMBEDDED_IPV4_H_
