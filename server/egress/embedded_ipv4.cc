#include "server/egress/embedded_ipv4.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "server/egress/address_block.h"

namespace oauth1d::egress {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using Bytes = std::array<uint8_t, 16>;

constexpr AddressBlock kCompatible = {{}, 96};
constexpr AddressBlock kTranslated = {{0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};
constexpr AddressBlock kNat64 = {{0x00, 0x64, 0xff, 0x9b}, 96};
constexpr AddressBlock kLocalNat64 = {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48};
constexpr AddressBlock k6to4 = {{0x20, 0x02}, 16};
constexpr AddressBlock kTeredo = {{0x20, 0x01}, 32};

address At(const Bytes& bytes, size_t first, uint8_t flip = 0) {
  address_v4::bytes_type v4;
  for (size_t i = 0; i < v4.size(); ++i) v4[i] = bytes[first + i] ^ flip;
  return address_v4(v4);
}

}  // namespace

bool IsIsatap(const address& any) {
  if (!any.is_v6()) return false;
  const Bytes bytes = BytesOf(any);
  return (bytes[8] & 0xfd) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe;
}

std::vector<address> EmbeddedIPv4(const address& any) {
  if (!any.is_v6() || any.is_loopback() || any.is_unspecified()) return {};
  const Bytes bytes = BytesOf(any);
  if (Contains(k6to4, bytes)) return {At(bytes, 2)};
  if (Contains(kTeredo, bytes)) return {At(bytes, 4), At(bytes, 12, 0xff)};
  for (const AddressBlock& block : {kCompatible, kTranslated, kNat64, kLocalNat64}) {
    if (Contains(block, bytes)) return {At(bytes, 12)};
  }
  if (IsIsatap(any)) return {At(bytes, 12)};
  return {};
}

}  // namespace oauth1d::egress
