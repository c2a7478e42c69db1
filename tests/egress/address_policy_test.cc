#include "server/egress/address_policy.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "server/egress/embedded_ipv4.h"
#include "server/egress/special_blocks.h"
#include "tests/egress/special_addresses.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::egress {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;
using boost::asio::ip::make_address;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

NetworkRules Allowing(std::initializer_list<const char*> blocks) {
  NetworkRules rules;
  for (const char* const block : blocks) rules.allow_blocks.push_back(*ParseAddressBlock(block));
  return rules;
}

TEST(AddressPolicyTest, EverySpecialBlockIsDeniedByItsName) {
  for (const auto* const all : {&SpecialV4(), &SpecialV6()}) {
    for (const Special& special : *all) {
      for (const address& sample : Samples(special)) {
        const absl::Status status = CheckAddress(sample, NetworkRules());
        EXPECT_THAT(status, FailsWith(Reason::kDestinationDenied)) << sample << ' ' << special.name;
        EXPECT_EQ(status.message(), absl::StrCat(sample.to_string(), " is ", ExpectedName(sample),
                                                 ", and not in the provider's egress.allow_cidrs"));
      }
    }
  }
}

TEST(AddressPolicyTest, ItsNeighboursArePublicWhereTheyAreInNoOtherBlock) {
  int reachable = 0;
  for (const auto* const all : {&SpecialV4(), &SpecialV6()}) {
    for (const Special& special : *all) {
      for (const address& neighbour : Neighbours(special)) {
        EXPECT_EQ(SpecialBlockOf(neighbour), ExpectedName(neighbour)) << neighbour << " beside " << special.block;
        if (SpecialBlockOf(neighbour).empty()) ++reachable;
      }
    }
  }
  EXPECT_GT(reachable, 40);  // the tests' own tables are not all there is
}

TEST(AddressPolicyTest, TheErrorNamesTheBlock) {
  EXPECT_THAT(std::string(CheckAddress(make_address("169.254.169.254"), NetworkRules()).message()),
              HasSubstr("169.254.169.254 is link-local (169.254.0.0/16)"));
}

TEST(AddressPolicyTest, NoIPv4AddressHidesInIPv6) {
  for (const Special& special : SpecialV4()) {
    for (const address& sample : Samples(special)) {
      for (const Embedding& embedding : EmbeddingsOf(sample.to_v4())) {
        const address hidden = make_address(embedding.text);
        EXPECT_THAT(CheckAddress(hidden, NetworkRules()), FailsWith(Reason::kDestinationDenied)) << embedding.text;
      }
    }
  }
}

TEST(AddressPolicyTest, NotEvenAPublicOne) {
  for (const Embedding& embedding : EmbeddingsOf(address_v4({8, 8, 8, 8}))) {
    EXPECT_THAT(CheckAddress(make_address(embedding.text), NetworkRules()), FailsWith(Reason::kDestinationDenied))
        << embedding.text;
  }
}

TEST(AddressPolicyTest, AnAllowedBlockOpensOnlyPublicAddressesInside) {
  const NetworkRules rules = Allowing({"::/0"});
  for (const Embedding& embedding : EmbeddingsOf(address_v4({8, 8, 8, 8}))) {
    const bool is_ipv4 = absl::string_view(embedding.form) == "IPv4-mapped";
    EXPECT_EQ(CheckAddress(make_address(embedding.text), rules).ok(), !is_ipv4) << embedding.form;
  }
  for (const Special& special : SpecialV4()) {
    for (const address& sample : Samples(special)) {
      for (const Embedding& embedding : EmbeddingsOf(sample.to_v4())) {
        const address hidden = make_address(embedding.text);
        if (hidden.is_unspecified() || hidden.is_loopback()) continue;  // these it opens by their own names
        const absl::Status status = CheckAddress(hidden, rules);
        EXPECT_THAT(status, FailsWith(Reason::kDestinationDenied)) << embedding.form << ' ' << embedding.text;
        EXPECT_THAT(std::string(status.message()), HasSubstr(ExpectedName(sample)));
      }
    }
  }
}

TEST(AddressPolicyTest, AndThoseThatAreAllowedThemselves) {
  const NetworkRules rules = Allowing({"::/0", "10.0.0.0/8"});
  for (const Embedding& embedding : EmbeddingsOf(address_v4({10, 1, 2, 3}))) {
    EXPECT_THAT(CheckAddress(make_address(embedding.text), rules), IsOk()) << embedding.form;
  }
}

TEST(AddressPolicyTest, AnIPv6OnlyClusterReachesPublicIPv4ByNat64) {
  const NetworkRules rules = Allowing({"64:ff9b::/96"});
  EXPECT_THAT(CheckAddress(make_address("64:ff9b::8.8.8.8"), rules), IsOk());
  EXPECT_EQ(CheckAddress(make_address("64:ff9b::169.254.169.254"), rules).message(),
            "64:ff9b::a9fe:a9fe carries 169.254.169.254, which is link-local (169.254.0.0/16), and not in the "
            "provider's egress.allow_cidrs");
  EXPECT_THAT(CheckAddress(make_address("64:ff9b:1::8.8.8.8"), rules), Not(IsOk()));
  EXPECT_THAT(CheckAddress(make_address("8.8.8.8"), rules), IsOk());
}

TEST(AddressPolicyTest, WhatIsCarriedIsFound) {
  EXPECT_THAT(EmbeddedIPv4(make_address("2002:102:304::")), ElementsAre(make_address("1.2.3.4")));
  // RFC 4380, section 5.1.1's server and section 4's flipped client.
  EXPECT_THAT(EmbeddedIPv4(make_address("2001:0:4136:e378:8000:63bf:3fff:fdd2")),
              ElementsAre(make_address("65.54.227.120"), make_address("192.0.2.45")));
  EXPECT_THAT(EmbeddedIPv4(make_address("2606:4700:4700::1111")), IsEmpty());
  EXPECT_THAT(EmbeddedIPv4(make_address("::1")), IsEmpty());
  EXPECT_THAT(EmbeddedIPv4(make_address("1.2.3.4")), IsEmpty());
}

TEST(AddressPolicyTest, WellKnownAddressesArePublic) {
  for (const char* const text : {"8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2001:4860:4860::8888",
                                 "2a00:1450:4001::1", "2003::1", "2001:200::1", "2400:cb00::1"}) {
    EXPECT_EQ(SpecialBlockOf(make_address(text)), "") << text;
    EXPECT_THAT(CheckAddress(make_address(text), NetworkRules()), IsOk()) << text;
  }
}

TEST(AddressPolicyTest, AnAddressOfAnInterfaceIsNotPublic) {
  EXPECT_THAT(CheckAddress(address_v6(make_address("2606:4700::1").to_v6().to_bytes(), 2), NetworkRules()),
              FailsWith(Reason::kDestinationDenied));
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

TEST(CheckHostTest, NamesAreLookedUpFirst) {
  for (const char* const host :
       {"example.com", "example.com.", "1a", "0x.example", "a.1b", "7.example", "xn--bcher-kva"}) {
    EXPECT_THAT(CheckHost(host, NetworkRules()), IsOk()) << host;
  }
}

TEST(CheckHostTest, AddressesAndNamesOfLoopbackAreWhatTheyAre) {
  for (const char* const host : {"127.0.0.1", "::1", "localhost", "localhost.", "LOCALHOST", "a.localhost",
                                 "a.b.localhost.", "169.254.169.254", "::ffff:127.0.0.1"}) {
    EXPECT_THAT(CheckHost(host, NetworkRules()), FailsWith(Reason::kDestinationDenied)) << host;
  }
  EXPECT_THAT(CheckHost("8.8.8.8", NetworkRules()), IsOk());
  const NetworkRules rules = Allowing({"127.0.0.0/8"});
  for (const char* const host : {"127.0.0.1", "localhost", "a.localhost."}) {
    EXPECT_THAT(CheckHost(host, rules), IsOk()) << host;
  }
}

TEST(CheckHostTest, WhatEndsInANumberIsNoName) {
  const NetworkRules rules = Allowing({"127.0.0.0/8", "::/0"});
  for (const char* const host :
       {"127.1", "0x7f.1", "2130706433", "017700000001", "0177.0.0.1", "127.0.0.1.", "0x7f000001", "0X7F.0x1",
        "example.1", "1.2.3.4.5", "0x", "256.1.1.1", "127.0.0.0x1"}) {
    EXPECT_THAT(CheckHost(host, rules), FailsWith(Reason::kDestinationDenied)) << host;
  }
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
