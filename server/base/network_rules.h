// Where the service may send to: an origin, and what a provider's configuration lets its traffic touch.
#ifndef OAUTH1D_SERVER_BASE_NETWORK_RULES_H_
#define OAUTH1D_SERVER_BASE_NETWORK_RULES_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/secret.h"

namespace oauth1d {

// Scheme, host and port of a URL.
struct Origin {
  bool tls = true;
  std::string host;  // lower case; an IPv6 address without brackets
  uint16_t port = 443;

  friend bool operator==(const Origin&, const Origin&) = default;
};

// A block of addresses, IPv4 as ::ffff:a.b.c.d (prefix_length counts within 128 bits).
struct AddressBlock {
  std::array<uint8_t, 16> address{};
  int prefix_length = 128;
};

// "10.0.0.0/8", "fd00::/8", or one address. kInvalidArgument, with a message for the operator: not an address, a
// prefix that is too long, bits set beyond the prefix.
absl::StatusOr<AddressBlock> ParseAddressBlock(absl::string_view text);

// An HTTP proxy that tunnels by CONNECT.
struct HttpProxy {
  std::string host;  // lower case; an IPv6 address without brackets
  uint16_t port = 0;
  std::string username;  // empty: no Proxy-Authorization is sent
  Secret password;
};

// Frozen with the configuration; default: deny.
struct NetworkRules {
  // http:// origins too.
  bool allow_plain_http = false;
  // Blocks that are reachable although they are not public: the only way to loopback and private networks.
  std::vector<AddressBlock> allow_blocks;
  // PEM certificates to trust in place of the system's roots; empty: the system's.
  std::string ca_pem;
  // Every connection goes through it; the rules about addresses then speak of the proxy's own. None: directly.
  std::optional<HttpProxy> proxy;
};

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_BASE_NETWORK_RULES_H_
