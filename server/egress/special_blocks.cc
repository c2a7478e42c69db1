#include "server/egress/special_blocks.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/egress/address_block.h"
#include "server/egress/embedded_ipv4.h"

namespace oauth1d::egress {
namespace {

using boost::asio::ip::address;

struct Row {
  const char* block;
  const char* name;
};

// https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry, every row of 2025, and
// what is no global unicast at all. Blocks that the registries call globally reachable (AS112, AMT, the anycast
// addresses) are denied as well: no provider lives there.
constexpr Row kRows[] = {
    {"0.0.0.0/8", "this network"},
    {"0.0.0.0/32", "this host"},
    {"10.0.0.0/8", "private"},
    {"100.64.0.0/10", "shared by carriers"},
    {"127.0.0.0/8", "loopback"},
    {"169.254.0.0/16", "link-local"},  // the clouds' metadata services
    {"172.16.0.0/12", "private"},
    {"192.0.0.0/24", "for IETF protocols"},
    {"192.0.0.0/29", "for IPv4 over IPv6"},
    {"192.0.0.8/32", "the IPv4 dummy address"},
    {"192.0.0.9/32", "PCP anycast"},
    {"192.0.0.10/32", "TURN anycast"},
    {"192.0.0.170/31", "for the discovery of NAT64"},
    {"192.0.2.0/24", "for documentation"},
    {"192.31.196.0/24", "AS112"},
    {"192.52.193.0/24", "AMT"},
    {"192.88.99.0/24", "6to4 relay anycast"},
    {"192.88.99.2/32", "6a44 relay anycast"},
    {"192.168.0.0/16", "private"},
    {"192.175.48.0/24", "AS112"},
    {"198.18.0.0/15", "for benchmarks"},
    {"198.51.100.0/24", "for documentation"},
    {"203.0.113.0/24", "for documentation"},
    {"224.0.0.0/4", "multicast"},
    {"240.0.0.0/4", "reserved"},
    {"255.255.255.255/32", "broadcast"},

    {"::/3", "not assigned"},
    {"4000::/2", "not assigned"},
    {"8000::/1", "not assigned"},
    {"::/96", "IPv4-compatible"},
    {"::/128", "unspecified"},
    {"::1/128", "loopback"},
    {"::ffff:0:0/96", "IPv4-mapped"},
    {"::ffff:0:0:0/96", "IPv4-translated"},
    {"64:ff9b::/96", "NAT64"},
    {"64:ff9b:1::/48", "local NAT64"},
    {"100::/64", "to be discarded"},
    {"100:0:0:1::/64", "the IPv6 dummy prefix"},
    {"2001::/23", "for IETF protocols"},
    {"2001::/32", "Teredo"},
    {"2001:1::1/128", "PCP anycast"},
    {"2001:1::2/128", "TURN anycast"},
    {"2001:1::3/128", "DNS-SD anycast"},
    {"2001:2::/48", "for benchmarks"},
    {"2001:3::/32", "AMT"},
    {"2001:4:112::/48", "AS112"},
    {"2001:10::/28", "ORCHID"},
    {"2001:20::/28", "ORCHIDv2"},
    {"2001:30::/28", "for drones"},
    {"2001:db8::/32", "for documentation"},
    {"2002::/16", "6to4"},
    {"2620:4f:8000::/48", "AS112"},
    {"3ffe::/16", "the 6bone, given back"},
    {"3fff::/20", "for documentation"},
    {"5f00::/16", "for segment routing"},
    {"fc00::/7", "unique local"},
    {"fe80::/10", "link-local"},
    {"fec0::/10", "site-local"},
    {"ff00::/8", "multicast"},
};

struct SpecialBlock {
  AddressBlock block;
  bool v4;
  const Row* row;
};

const std::vector<SpecialBlock>& SpecialBlocks() {
  static const auto* const blocks = [] {
    auto* const made = new std::vector<SpecialBlock>();
    for (const Row& row : kRows) {
      made->push_back({*ParseAddressBlock(row.block), !absl::StrContains(row.block, ':'), &row});
    }
    return made;
  }();
  return *blocks;
}

}  // namespace

std::string SpecialBlockOf(const address& any) {
  const SpecialBlock* smallest = nullptr;
  for (const SpecialBlock& each : SpecialBlocks()) {
    if (any.is_v4() && !each.v4) continue;
    if (!Contains(each.block, BytesOf(any))) continue;
    if (smallest == nullptr || each.block.prefix_length > smallest->block.prefix_length) smallest = &each;
  }
  if (smallest != nullptr) return absl::StrCat(smallest->row->name, " (", smallest->row->block, ")");
  if (IsIsatap(any)) return "ISATAP (RFC 5214)";
  if (any.is_v6() && any.to_v6().scope_id() != 0) return "of one interface alone";
  return std::string();
}

}  // namespace oauth1d::egress
