// Addresses to listen on or to connect to, as a configuration spells them: host:port, [v6]:port, unix:/path.
#ifndef OAUTH1D_SERVER_CONFIG_ADDRESSES_H_
#define OAUTH1D_SERVER_CONFIG_ADDRESSES_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace oauth1d::config {

// kInvalidArgument that says what is wrong. Port 0, any free one, is allowed.
absl::Status CheckListenAddress(absl::string_view address);
// The same for a server to connect to, where port 0 is not allowed.
absl::Status CheckServerAddress(absl::string_view address);

struct HostAndPort {
  std::string host;  // lower case; an IPv6 address without brackets
  uint16_t port = 0;
};

// The same without unix:.
absl::StatusOr<HostAndPort> ParseHostAndPort(absl::string_view address);

// Whether others than this machine can reach what listens on an address that passed CheckListenAddress.
bool IsBeyondLoopback(absl::string_view address);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_ADDRESSES_H_
