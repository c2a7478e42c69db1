// Which addresses are not public, and why.
#ifndef OAUTH1D_SERVER_EGRESS_SPECIAL_BLOCKS_H_
#define OAUTH1D_SERVER_EGRESS_SPECIAL_BLOCKS_H_

#include <boost/asio/ip/address.hpp>
#include <string>

namespace oauth1d::egress {

// The smallest special block that the address is in, for people: "link-local (169.254.0.0/16)". Empty: it is public,
// that is global unicast, and in no block of IANA's special-purpose registries (RFC 6890). An IPv6 address that
// carries an IPv4 address is never public, whichever that is.
std::string SpecialBlockOf(const boost::asio::ip::address& address);

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_SPECIAL_BLOCKS_H_
