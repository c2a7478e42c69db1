#include "tests/egress/special_addresses.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace oauth1d::egress {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;
using Bytes = address_v6::bytes_type;

bool Bit(const Bytes& bytes, int bit) { return (bytes[bit / 8] >> (7 - bit % 8) & 1) != 0; }
void SetBit(Bytes& bytes, int bit, bool on) {
  const auto mask = static_cast<uint8_t>(0x80 >> (bit % 8));
  bytes[bit / 8] = static_cast<uint8_t>(on ? bytes[bit / 8] | mask : bytes[bit / 8] & ~mask);
}

bool IsV4(const Special& special) { return absl::string_view(special.block).find(':') == absl::string_view::npos; }

address AddressOf(const Bytes& bytes, bool v4) {
  const address_v6 v6(bytes);
  return v4 ? address(make_address_v4(boost::asio::ip::v4_mapped, v6)) : address(v6);
}

Bytes BytesOf(const address& any) {
  return any.is_v6() ? any.to_v6().to_bytes() : make_address_v6(boost::asio::ip::v4_mapped, any.to_v4()).to_bytes();
}

// One more or one less; false: it went round.
bool Step(Bytes& bytes, bool up, int first_bit) {
  for (int bit = 127; bit >= first_bit; --bit) {
    const bool was = Bit(bytes, bit);
    SetBit(bytes, bit, !was);
    if (was != up) return true;
  }
  return false;
}

Bytes LastOf(const AddressBlock& block) {
  Bytes bytes = block.address;
  for (int bit = block.prefix_length; bit < 128; ++bit) SetBit(bytes, bit, true);
  return bytes;
}

}  // namespace

const std::vector<Special>& SpecialV4() {
  static const auto* const all = new std::vector<Special>{
      {"0.0.0.0/8", "this network"},
      {"0.0.0.0/32", "this host"},
      {"10.0.0.0/8", "private"},
      {"100.64.0.0/10", "shared by carriers"},
      {"127.0.0.0/8", "loopback"},
      {"169.254.0.0/16", "link-local"},
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
      {"240.0.0.0/4", "reserved"},
      {"255.255.255.255/32", "broadcast"},
      {"224.0.0.0/4", "multicast"},
  };
  return *all;
}

const std::vector<Special>& SpecialV6() {
  static const auto* const all = new std::vector<Special>{
      {"::1/128", "loopback"},
      {"::/128", "unspecified"},
      {"::ffff:0:0/96", "IPv4-mapped"},
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
      {"3fff::/20", "for documentation"},
      {"5f00::/16", "for segment routing"},
      {"fc00::/7", "unique local"},
      {"fe80::/10", "link-local"},
      {"fec0::/10", "site-local"},
      {"ff00::/8", "multicast"},
      {"::/96", "IPv4-compatible"},
      {"::ffff:0:0:0/96", "IPv4-translated"},
      {"3ffe::/16", "the 6bone, given back"},
      {"::/3", "not assigned"},
      {"4000::/2", "not assigned"},
      {"8000::/1", "not assigned"},
  };
  return *all;
}

std::vector<address> Samples(const Special& special) {
  const AddressBlock block = *ParseAddressBlock(special.block);
  Bytes middle = block.address;
  for (int bit = block.prefix_length; bit < 128; ++bit) {
    if (bit % 3 == 0 || bit == block.prefix_length) SetBit(middle, bit, true);
  }
  const bool v4 = IsV4(special);
  return {AddressOf(block.address, v4), AddressOf(middle, v4), AddressOf(LastOf(block), v4)};
}

std::vector<address> Neighbours(const Special& special) {
  const AddressBlock block = *ParseAddressBlock(special.block);
  const bool v4 = IsV4(special);
  std::vector<address> neighbours;
  Bytes below = block.address;
  Bytes above = LastOf(block);
  if (Step(below, false, v4 ? 96 : 0)) neighbours.push_back(AddressOf(below, v4));
  if (Step(above, true, v4 ? 96 : 0)) neighbours.push_back(AddressOf(above, v4));
  return neighbours;
}

std::string ExpectedName(const address& any) {
  const Bytes bytes = BytesOf(any);
  std::string name;
  int longest = -1;
  for (const std::vector<Special>* const all : {&SpecialV4(), &SpecialV6()}) {
    if (any.is_v4() && all == &SpecialV6()) continue;
    for (const Special& special : *all) {
      const AddressBlock block = *ParseAddressBlock(special.block);
      bool inside = true;
      for (int bit = 0; bit < block.prefix_length; ++bit) inside = inside && Bit(bytes, bit) == Bit(block.address, bit);
      if (!inside || block.prefix_length <= longest) continue;
      longest = block.prefix_length;
      name = absl::StrCat(special.name, " (", special.block, ")");
    }
  }
  return name;
}

std::vector<Embedding> EmbeddingsOf(const address_v4& v4) {
  const auto b = v4.to_bytes();
  const std::string dotted = v4.to_string();
  const std::string hex = absl::StrFormat("%02x%02x:%02x%02x", b[0], b[1], b[2], b[3]);
  const std::string flipped = absl::StrFormat("%02x%02x:%02x%02x", b[0] ^ 0xff, b[1] ^ 0xff, b[2] ^ 0xff, b[3] ^ 0xff);
  return {
      {"IPv4-mapped", absl::StrCat("::ffff:", dotted)},
      {"IPv4-compatible", absl::StrCat("::", dotted)},
      {"IPv4-translated", absl::StrCat("::ffff:0:", dotted)},
      {"NAT64", absl::StrCat("64:ff9b::", dotted)},
      {"local NAT64", absl::StrCat("64:ff9b:1::", dotted)},
      {"6to4", absl::StrCat("2002:", hex, "::1")},
      {"Teredo, as the server", absl::StrCat("2001:0:", hex, ":0:0:f7f7:f7f7")},
      {"Teredo, as the client", absl::StrCat("2001:0:808:808:0:0:", flipped)},
      {"ISATAP", absl::StrCat("2a00:1450:0:0:0:5efe:", dotted)},
      {"ISATAP, unique", absl::StrCat("2a00:1450:0:0:200:5efe:", dotted)},
  };
}

}  // namespace oauth1d::egress
