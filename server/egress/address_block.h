// Addresses and blocks as 128 bits, IPv4 as ::ffff:a.b.c.d.
#ifndef OAUTH1D_SERVER_EGRESS_ADDRESS_BLOCK_H_
#define OAUTH1D_SERVER_EGRESS_ADDRESS_BLOCK_H_

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <cstdint>

#include "server/base/network_rules.h"

namespace oauth1d::egress {

inline std::array<uint8_t, 16> BytesOf(const boost::asio::ip::address& address) {
  if (address.is_v6()) return address.to_v6().to_bytes();
  return boost::asio::ip::make_address_v6(boost::asio::ip::v4_mapped, address.to_v4()).to_bytes();
}

inline bool Contains(const AddressBlock& block, const std::array<uint8_t, 16>& bytes) {
  const int whole = block.prefix_length / 8;
  if (!std::equal(bytes.begin(), bytes.begin() + whole, block.address.begin())) return false;
  const int rest = block.prefix_length % 8;
  return rest == 0 || (block.address[whole] >> (8 - rest)) == (bytes[whole] >> (8 - rest));
}

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_ADDRESS_BLOCK_H_
