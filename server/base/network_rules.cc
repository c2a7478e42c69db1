#include "server/base/network_rules.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace oauth1d {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v6;
using boost::asio::ip::make_address;
using boost::asio::ip::make_address_v6;

constexpr int kMappedPrefix = 96;

// The address with all bits beyond the prefix cleared.
address_v6::bytes_type NetworkOf(address_v6::bytes_type bytes, int prefix_length) {
  for (int bit = prefix_length; bit < 128; ++bit) {
    bytes[bit / 8] = static_cast<uint8_t>(bytes[bit / 8] & ~(0x80 >> (bit % 8)));
  }
  return bytes;
}

}  // namespace

absl::StatusOr<AddressBlock> ParseAddressBlock(absl::string_view text) {
  const size_t slash = text.find('/');
  const std::string address_text(text.substr(0, slash));
  boost::system::error_code error;
  const address parsed = make_address(address_text, error);
  if (error || absl::StrContains(address_text, '%')) {
    return absl::InvalidArgumentError("not an IP address, or a block like 10.0.0.0/8");
  }
  const int shift = parsed.is_v4() ? kMappedPrefix : 0;
  AddressBlock block;
  block.address = parsed.is_v4() ? make_address_v6(boost::asio::ip::v4_mapped, parsed.to_v4()).to_bytes()
                                 : parsed.to_v6().to_bytes();
  if (slash == absl::string_view::npos) return block;

  const absl::string_view length_text = text.substr(slash + 1);
  const bool digits = !length_text.empty() &&
                      std::all_of(length_text.begin(), length_text.end(), [](char c) { return c >= '0' && c <= '9'; });
  int length = 0;
  if (!digits || !absl::SimpleAtoi(length_text, &length) || length > 128 - shift) {
    return absl::InvalidArgumentError(absl::StrCat("the prefix length is a number up to ", 128 - shift));
  }
  block.prefix_length = length + shift;
  if (NetworkOf(block.address, block.prefix_length) != block.address) {
    // Someone who writes 10.1.2.3/8 may have meant one host: a wider hole than intended must not open silently.
    return absl::InvalidArgumentError("bits are set beyond the prefix");
  }
  return block;
}

}  // namespace oauth1d
