#include "server/egress/address_policy.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/base/failure.h"
#include "server/base/status_macros.h"
#include "server/egress/address_block.h"
#include "server/egress/embedded_ipv4.h"
#include "server/egress/special_blocks.h"

namespace oauth1d::egress {
namespace {

using boost::asio::ip::address;

// ::ffff:a.b.c.d is a.b.c.d: the kernel connects it by IPv4.
address Unmapped(const address& any) {
  if (!any.is_v6() || !any.to_v6().is_v4_mapped()) return any;
  return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, any.to_v6());
}

bool IsAllowed(const address& any, const NetworkRules& rules) {
  const address unmapped = Unmapped(any);
  // A block that is shorter than the IPv4-mapped prefix, such as ::/0, speaks of IPv6 alone.
  const int shortest = unmapped.is_v4() ? 96 : 0;
  return std::any_of(rules.allow_blocks.begin(), rules.allow_blocks.end(), [&](const AddressBlock& block) {
    return block.prefix_length >= shortest && Contains(block, BytesOf(unmapped));
  });
}

// RFC 6761 section 6.3.
bool IsLocalhost(absl::string_view name) { return name == "localhost" || absl::EndsWith(name, ".localhost"); }

// 127.1, 0x7f000001, 2130706433: no top level domain is a number, but inet_aton reads them as addresses.
bool EndsInNumber(absl::string_view name) {
  absl::string_view last = name.substr(name.rfind('.') + 1);
  const bool hexadecimal = absl::ConsumePrefix(&last, "0x");
  if (last.empty()) return hexadecimal;
  return std::all_of(last.begin(), last.end(), [hexadecimal](unsigned char c) {
    return hexadecimal ? absl::ascii_isxdigit(c) : absl::ascii_isdigit(c);
  });
}

}  // namespace

absl::Status CheckAddress(const address& any, const NetworkRules& rules) {
  const std::string special = SpecialBlockOf(any);
  if (special.empty()) return absl::OkStatus();
  if (!IsAllowed(any, rules)) {
    return Fail(Reason::kDestinationDenied,
                absl::StrCat(any.to_string(), " is ", special, ", and not in the provider's egress.allow_cidrs"));
  }
  for (const address& carried : EmbeddedIPv4(any)) {
    const std::string why = SpecialBlockOf(carried);
    if (why.empty() || IsAllowed(carried, rules)) continue;
    return Fail(Reason::kDestinationDenied,
                absl::StrCat(any.to_string(), " carries ", carried.to_string(), ", which is ", why,
                             ", and not in the provider's egress.allow_cidrs"));
  }
  return absl::OkStatus();
}

absl::Status CheckAddresses(const std::vector<address>& addresses, const NetworkRules& rules) {
  for (const address& each : addresses) RETURN_IF_ERROR(CheckAddress(each, rules));
  return absl::OkStatus();
}

absl::Status CheckHost(absl::string_view host, const NetworkRules& rules) {
  boost::system::error_code not_an_address;
  const address number = boost::asio::ip::make_address(std::string(host), not_an_address);
  if (!not_an_address) return CheckAddress(number, rules);
  const std::string name = absl::AsciiStrToLower(absl::StripSuffix(host, "."));
  if (IsLocalhost(name)) return CheckAddress(boost::asio::ip::address_v4::loopback(), rules);
  if (EndsInNumber(name)) {
    return Fail(Reason::kDestinationDenied,
                absl::StrCat(EscapeForPeople(host), " is no name, and no address as it should be written"));
  }
  return absl::OkStatus();
}

}  // namespace oauth1d::egress
