#include "server/egress/address_policy.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::egress {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;
using boost::asio::ip::make_address;
using ::testing::Not;

struct Special {
  const char* block;
  const char* name;
};

// Both registries as of 2025, and what is no unicast at all.
constexpr Special kSpecialV4[] = {
    {"0.0.0.0/8", "this network"},     {"10.0.0.0/8", "private"},         {"100.64.0.0/10", "shared"},
    {"127.0.0.0/8", "loopback"},       {"169.254.0.0/16", "link local"},  {"172.16.0.0/12", "private"},
    {"192.0.0.0/24", "IETF"},          {"192.0.0.0/29", "DS-Lite"},       {"192.0.0.8/32", "dummy"},
    {"192.0.0.9/32", "PCP anycast"},   {"192.0.0.10/32", "TURN anycast"}, {"192.0.0.170/31", "NAT64 discovery"},
    {"192.0.2.0/24", "TEST-NET-1"},    {"192.31.196.0/24", "AS112"},      {"192.52.193.0/24", "AMT"},
    {"192.88.99.0/24", "6to4 relays"}, {"192.168.0.0/16", "private"},     {"192.175.48.0/24", "AS112"},
    {"198.18.0.0/15", "benchmarking"}, {"198.51.100.0/24", "TEST-NET-2"}, {"203.0.113.0/24", "TEST-NET-3"},
    {"224.0.0.0/4", "multicast"},      {"240.0.0.0/4", "reserved"},       {"255.255.255.255/32", "broadcast"},
};
constexpr Special kSpecialV6[] = {
    {"::/128", "unspecified"},
    {"::1/128", "loopback"},
    {"::/96", "IPv4-compatible"},
    {"64:ff9b:1::/48", "local NAT64"},
    {"100::/64", "discard"},
    {"100:0:0:1::/64", "dummy"},
    {"2001::/23", "IETF"},
    {"2001::/32", "Teredo"},
    {"2001:1::1/128", "PCP anycast"},
    {"2001:1::2/128", "TURN anycast"},
    {"2001:1::3/128", "DNS-SD"},
    {"2001:2::/48", "benchmarking"},
    {"2001:3::/32", "AMT"},
    {"2001:4:112::/48", "AS112"},
    {"2001:10::/28", "ORCHID"},
    {"2001:20::/28", "ORCHIDv2"},
    {"2001:30::/28", "DRIP"},
    {"2001:db8::/32", "documentation"},
    {"2002::/16", "6to4"},
    {"2620:4f:8000::/48", "AS112"},
    {"3ffe::/16", "6bone"},
    {"3fff::/20", "documentation"},
    {"5f00::/16", "SRv6"},
    {"fc00::/7", "unique local"},
    {"fe80::/10", "link local"},
    {"fec0::/10", "site local"},
    {"ff00::/8", "multicast"},
    {"4000::/3", "unassigned"},
    {"8000::/1", "unassigned"},
    {"400::/6", "unassigned"},
};

// The first, a middle and the last address of a block.
std::array<address, 3> Samples(const Special& special) {
  const AddressBlock block = *ParseAddressBlock(special.block);
  std::array<address_v6::bytes_type, 3> bytes = {block.address, block.address, block.address};
  for (int bit = block.prefix_length; bit < 128; ++bit) {
    const auto mask = static_cast<uint8_t>(0x80 >> (bit % 8));
    bytes[2][bit / 8] |= mask;
    if (bit % 3 == 0 || bit == block.prefix_length) bytes[1][bit / 8] |= mask;
  }
  std::array<address, 3> samples;
  for (size_t i = 0; i < samples.size(); ++i) {
    const address_v6 v6(bytes[i]);
    samples[i] = v6.is_v4_mapped() ? address(make_address_v4(boost::asio::ip::v4_mapped, v6)) : address(v6);
  }
  return samples;
}

// How an IPv4 address hides in an IPv6 one.
std::array<std::string, 6> EmbeddingsOf(const address_v4& v4) {
  const auto b = v4.to_bytes();
  const std::string high = absl::StrFormat("%02x%02x", b[0], b[1]);
  const std::string low = absl::StrFormat("%02x%02x", b[2], b[3]);
  return {
      absl::StrCat("::ffff:", v4.to_string()),          // mapped
      absl::StrCat("::", v4.to_string()),               // compatible
      absl::StrCat("64:ff9b::", v4.to_string()),        // NAT64
      absl::StrCat("64:ff9b:1::", v4.to_string()),      // local NAT64
      absl::StrCat("2002:", high, ":", low, "::1"),     // 6to4
      absl::StrCat("2a00:1450::5efe:", v4.to_string())  // ISATAP
  };
}

TEST(AddressPolicyTest, NoSpecialPurposeBlockIsPublic) {
  for (const Special& special : kSpecialV4) {
    for (const address& sample : Samples(special)) EXPECT_FALSE(IsPublic(sample)) << sample << ' ' << special.name;
  }
  for (const Special& special : kSpecialV6) {
    for (const address& sample : Samples(special)) EXPECT_FALSE(IsPublic(sample)) << sample << ' ' << special.name;
  }
}

TEST(AddressPolicyTest, NoSpecialPurposeIPv4AddressHidesInIPv6) {
  for (const Special& special : kSpecialV4) {
    for (const address& sample : Samples(special)) {
      for (const std::string& text : EmbeddingsOf(sample.to_v4())) {
        EXPECT_FALSE(IsPublic(make_address(text))) << text << ' ' << special.name;
      }
    }
  }
}

TEST(AddressPolicyTest, TeredoIsNeverPublic) { EXPECT_FALSE(IsPublic(make_address("2001:0:4136:e378::f7f7:f7f7"))); }

TEST(AddressPolicyTest, WellKnownAddressesArePublic) {
  for (const char* const text : {"8.8.8.8",
                                 "1.1.1.1",
                                 "9.255.255.255",
                                 "11.0.0.0",
                                 "100.63.255.255",
                                 "100.128.0.0",
                                 "126.255.255.255",
                                 "128.0.0.0",
                                 "169.253.255.255",
                                 "172.15.255.255",
                                 "172.32.0.0",
                                 "192.0.1.0",
                                 "192.167.255.255",
                                 "192.169.0.0",
                                 "198.17.255.255",
                                 "198.20.0.0",
                                 "223.255.255.255",
                                 "2606:4700:4700::1111",
                                 "2001:4860:4860::8888",
                                 "2a00:1450:4001::1",
                                 "2003::1",
                                 "2001:200::1",
                                 "2400:cb00::1",
                                 "::ffff:8.8.8.8",
                                 "64:ff9b::8.8.8.8"}) {
    EXPECT_TRUE(IsPublic(make_address(text))) << text;
  }
}

TEST(AddressPolicyTest, AnAddressOfAnInterfaceIsNotPublic) {
  EXPECT_FALSE(IsPublic(address_v6(make_address("2606:4700::1").to_v6().to_bytes(), 2)));
}

TEST(AddressPolicyTest, OnlyAllowedBlocksOpenPrivateAddresses) {
  NetworkRules rules;
  EXPECT_THAT(CheckAddress(make_address("127.0.0.1"), rules), FailsWith(Reason::kDestinationDenied));
  rules.allow_blocks = {*ParseAddressBlock("127.0.0.0/8"), *ParseAddressBlock("fd00::/8")};
  EXPECT_THAT(CheckAddress(make_address("127.0.0.1"), rules), IsOk());
  EXPECT_THAT(CheckAddress(make_address("::ffff:127.0.0.1"), rules), IsOk());
  EXPECT_THAT(CheckAddress(make_address("fd12::1"), rules), IsOk());
  EXPECT_THAT(CheckAddress(make_address("8.8.8.8"), rules), IsOk());
  EXPECT_THAT(CheckAddress(make_address("10.0.0.1"), rules), Not(IsOk()));
  EXPECT_THAT(CheckAddress(make_address("fc00::1"), rules), Not(IsOk()));
  EXPECT_THAT(CheckAddress(make_address("::1"), rules), Not(IsOk()));
  // The block opens the address, not every way of writing it down.
  EXPECT_THAT(CheckAddress(make_address("64:ff9b::127.0.0.1"), rules), Not(IsOk()));
}

TEST(AddressPolicyTest, ABlockForAllOfIPv6OpensNoIPv4) {
  NetworkRules rules;
  rules.allow_blocks = {*ParseAddressBlock("::/0")};
  EXPECT_THAT(CheckAddress(make_address("::1"), rules), IsOk());
  EXPECT_THAT(CheckAddress(make_address("127.0.0.1"), rules), Not(IsOk()));
  EXPECT_THAT(CheckAddress(make_address("::ffff:127.0.0.1"), rules), Not(IsOk()));
}

TEST(AddressPolicyTest, OneDeniedAddressDeniesAll) {
  const NetworkRules rules;
  EXPECT_THAT(CheckAddresses({make_address("8.8.8.8"), make_address("1.1.1.1")}, rules), IsOk());
  EXPECT_THAT(CheckAddresses({make_address("8.8.8.8"), make_address("10.0.0.1")}, rules),
              FailsWith(Reason::kDestinationDenied));
}

TEST(ParseAddressBlockTest, TakesBlocksAndSingleAddresses) {
  EXPECT_EQ(ParseAddressBlock("127.0.0.0/8")->prefix_length, 104);
  EXPECT_EQ(ParseAddressBlock("0.0.0.0/0")->prefix_length, 96);
  EXPECT_EQ(ParseAddressBlock("192.168.1.7")->prefix_length, 128);
  EXPECT_EQ(ParseAddressBlock("::1")->prefix_length, 128);
  EXPECT_EQ(ParseAddressBlock("fd00::/8")->prefix_length, 8);
  EXPECT_EQ(ParseAddressBlock("::ffff:10.0.0.0/104")->address, ParseAddressBlock("10.0.0.0/8")->address);
}

TEST(ParseAddressBlockTest, RefusesEverythingElse) {
  for (const char* const text :
       {"", "/8", "localhost", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/ 8", "10.0.0.0/8/8",
        "10.0.0.1/8", "10.0/8", "::1/129", "fe80::1%1", "[::1]", "10.0.0.0/8x", "010.0.0.1/8", "10.0.0.0/4294967304"}) {
    EXPECT_FALSE(ParseAddressBlock(text).ok()) << text;
  }
}

}  // namespace
}  // namespace oauth1d::egress
