// Which addresses a provider's traffic may touch.
#ifndef OAUTH1D_SERVER_EGRESS_ADDRESS_POLICY_H_
#define OAUTH1D_SERVER_EGRESS_ADDRESS_POLICY_H_

#include <boost/asio/ip/address.hpp>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/base/network_rules.h"

namespace oauth1d::egress {

// OK for a public address (see SpecialBlockOf) and for one inside an allowed block; else DESTINATION_DENIED, and the
// message names the block. An IPv6 address that carries an IPv4 address needs both: a block that allows it, and an
// IPv4 address that is public or allowed. An IPv4-mapped one needs a block that allows the IPv4 address.
absl::Status CheckAddress(const boost::asio::ip::address& address, const NetworkRules& rules);

// OK if each of them may be reached. One denied address denies them all: a name that answers both with a public and
// with an internal address is an attempt to rebind.
absl::Status CheckAddresses(const std::vector<boost::asio::ip::address>& addresses, const NetworkRules& rules);

// What can be said of a host before it is looked up, or where a proxy looks it up: an address, or a name of loopback
// (RFC 6761 section 6.3), is one that may be reached, and what ends in a number is an address; a name is OK.
absl::Status CheckHost(absl::string_view host, const NetworkRules& rules);

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_ADDRESS_POLICY_H_
