#include "server/egress/address_policy.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"

namespace oauth1d::egress {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v6;

struct V4Block {
  uint32_t network;
  int prefix_length;
};

// https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast. Blocks that the registry calls globally
// reachable (AS112, AMT, the anycast addresses of 192.0.0.0/24) are denied as well: no provider lives there.
constexpr V4Block kSpecialV4[] = {
    {0x00000000, 8},   // this network
    {0x0a000000, 8},   // private
    {0x64400000, 10},  // shared by carriers
    {0x7f000000, 8},   // loopback
    {0xa9fe0000, 16},  // link local: the clouds' metadata services
    {0xac100000, 12},  // private
    {0xc0000000, 24},  // IETF protocol assignments
    {0xc0000200, 24},  // TEST-NET-1
    {0xc01fc400, 24},  // AS112
    {0xc034c100, 24},  // AMT
    {0xc0586300, 24},  // 6to4 relay anycast
    {0xc0a80000, 16},  // private
    {0xc0af3000, 24},  // AS112
    {0xc6120000, 15},  // benchmarking
    {0xc6336400, 24},  // TEST-NET-2
    {0xcb007100, 24},  // TEST-NET-3
    {0xe0000000, 4},   // multicast
    {0xf0000000, 4},   // reserved, broadcast
};

struct V6Block {
  std::array<uint8_t, 16> network;
  int prefix_length;
};

// https://www.iana.org/assignments/iana-ipv6-special-registry, as far as it lies inside 2000::/3. What lies outside
// of it is not global unicast.
constexpr V6Block kSpecialV6[] = {
    {{0x20, 0x01}, 23},                          // IETF protocol assignments; Teredo, ORCHID, benchmarking, AMT
    {{0x20, 0x01, 0x0d, 0xb8}, 32},              // documentation
    {{0x20, 0x02}, 16},                          // 6to4
    {{0x26, 0x20, 0x00, 0x4f, 0x80, 0x00}, 48},  // AS112
    {{0x3f, 0xfe}, 16},                          // the 6bone, given back
    {{0x3f, 0xff}, 20},                          // documentation
};
constexpr V6Block kGlobalUnicast = {{0x20}, 3};
constexpr V6Block kNat64 = {{0x00, 0x64, 0xff, 0x9b}, 96};

bool Contains(const std::array<uint8_t, 16>& network, int prefix_length, const std::array<uint8_t, 16>& bytes) {
  const int whole = prefix_length / 8;
  if (!std::equal(network.begin(), network.begin() + whole, bytes.begin())) return false;
  const int rest = prefix_length % 8;
  return rest == 0 || (network[whole] >> (8 - rest)) == (bytes[whole] >> (8 - rest));
}
bool Contains(const V6Block& block, const std::array<uint8_t, 16>& bytes) {
  return Contains(block.network, block.prefix_length, bytes);
}

bool IsPublicV4(uint32_t bits) {
  return std::none_of(std::begin(kSpecialV4), std::end(kSpecialV4), [bits](const V4Block& block) {
    return bits >> (32 - block.prefix_length) == block.network >> (32 - block.prefix_length);
  });
}

uint32_t LastFourBytes(const std::array<uint8_t, 16>& bytes) {
  return uint32_t{bytes[12]} << 24 | uint32_t{bytes[13]} << 16 | uint32_t{bytes[14]} << 8 | bytes[15];
}

// RFC 5214: an interface identifier of 0000:5efe or 0200:5efe is followed by an IPv4 address, which the packet reaches.
bool IsIsatap(const std::array<uint8_t, 16>& bytes) {
  return (bytes[8] & 0xfd) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe;
}

bool IsPublicV6(const std::array<uint8_t, 16>& bytes) {
  // RFC 6052: how an IPv6-only network reaches IPv4.
  if (Contains(kNat64, bytes)) return IsPublicV4(LastFourBytes(bytes));
  if (!Contains(kGlobalUnicast, bytes)) return false;
  if (IsIsatap(bytes) && !IsPublicV4(LastFourBytes(bytes))) return false;
  return std::none_of(std::begin(kSpecialV6), std::end(kSpecialV6),
                      [&bytes](const V6Block& block) { return Contains(block, bytes); });
}

// ::ffff:a.b.c.d is a.b.c.d: the kernel connects it by IPv4.
address Unmapped(const address& any) {
  if (!any.is_v6() || !any.to_v6().is_v4_mapped()) return any;
  return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, any.to_v6());
}

bool InBlock(const address& unmapped, const AddressBlock& block) {
  constexpr int kMappedPrefix = 96;
  if (unmapped.is_v6()) return Contains(block.address, block.prefix_length, unmapped.to_v6().to_bytes());
  // A block that is shorter than the IPv4-mapped prefix, such as ::/0, speaks of IPv6 alone.
  if (block.prefix_length < kMappedPrefix) return false;
  const address_v6 mapped = boost::asio::ip::make_address_v6(boost::asio::ip::v4_mapped, unmapped.to_v4());
  return Contains(block.address, block.prefix_length, mapped.to_bytes());
}

}  // namespace

bool IsPublic(const address& any) {
  const address unmapped = Unmapped(any);
  if (unmapped.is_v4()) return IsPublicV4(unmapped.to_v4().to_uint());
  return unmapped.to_v6().scope_id() == 0 && IsPublicV6(unmapped.to_v6().to_bytes());
}

absl::Status CheckAddress(const address& any, const NetworkRules& rules) {
  if (IsPublic(any)) return absl::OkStatus();
  const address unmapped = Unmapped(any);
  const bool allowed = std::any_of(rules.allow_blocks.begin(), rules.allow_blocks.end(),
                                   [&](const AddressBlock& block) { return InBlock(unmapped, block); });
  if (allowed) return absl::OkStatus();
  return Fail(Reason::kDestinationDenied, absl::StrCat(any.to_string(), " is not a public address"));
}

absl::Status CheckAddresses(const std::vector<address>& addresses, const NetworkRules& rules) {
  for (const address& each : addresses) {
    if (absl::Status status = CheckAddress(each, rules); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace oauth1d::egress
