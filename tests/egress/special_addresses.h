// The tests' own copy of what is no public address, and the ways to hide an IPv4 address in an IPv6 one.
#ifndef OAUTH1D_TESTS_EGRESS_SPECIAL_ADDRESSES_H_
#define OAUTH1D_TESTS_EGRESS_SPECIAL_ADDRESSES_H_

#include <boost/asio/ip/address.hpp>
#include <string>
#include <vector>

#include "server/base/network_rules.h"

namespace oauth1d::egress {

struct Special {
  const char* block;
  const char* name;
};

// IANA's two special-purpose registries, every row, then multicast and what is not global unicast.
const std::vector<Special>& SpecialV4();
const std::vector<Special>& SpecialV6();

// The first, a middle and the last address of a block.
std::vector<boost::asio::ip::address> Samples(const Special& special);
// The addresses just below and above it, where there are any.
std::vector<boost::asio::ip::address> Neighbours(const Special& special);
// The smallest of the blocks that holds the address: "link-local (169.254.0.0/16)"; empty if none does.
std::string ExpectedName(const boost::asio::ip::address& address);

struct Embedding {
  const char* form;
  std::string text;
};
// In every form that there is.
std::vector<Embedding> EmbeddingsOf(const boost::asio::ip::address_v4& v4);

}  // namespace oauth1d::egress

#endif  // OAUTH1D_TESTS_EGRESS_SPECIAL_ADDRESSES_H_
