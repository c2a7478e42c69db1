// Which addresses a provider's traffic may touch.
#ifndef OAUTH1D_SERVER_EGRESS_ADDRESS_POLICY_H_
#define OAUTH1D_SERVER_EGRESS_ADDRESS_POLICY_H_

#include <boost/asio/ip/address.hpp>
#include <vector>

#include "absl/status/status.h"
#include "server/base/network_rules.h"

namespace oauth1d::egress {

// Whether the address is global unicast and in no block of IANA's special-purpose registries (RFC 6890). An IPv6
// address that carries an IPv4 address is public only if that one is, too. Everything unknown is not.
bool IsPublic(const boost::asio::ip::address& address);

// OK for a public address and for one inside an allowed block; else DESTINATION_DENIED.
absl::Status CheckAddress(const boost::asio::ip::address& address, const NetworkRules& rules);

// OK if each of them may be reached. One denied address denies them all: a name that answers both with a public and
// with an internal address is an attempt to rebind.
absl::Status CheckAddresses(const std::vector<boost::asio::ip::address>& addresses, const NetworkRules& rules);

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_ADDRESS_POLICY_H_
