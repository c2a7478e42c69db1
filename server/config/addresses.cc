#include "server/config/addresses.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/oauth1/url.h"

namespace oauth1d::config {
namespace {

constexpr absl::string_view kForms = "must be host:port, [v6]:port or unix:/path";

absl::Status Wrong(absl::string_view why) { return absl::InvalidArgumentError(absl::StrCat(kForms, ": ", why)); }

bool IsAddress(int family, absl::string_view text) {
  in6_addr address{};
  return inet_pton(family, std::string(text).c_str(), &address) == 1;
}

absl::Status CheckHost(absl::string_view host) {
  const bool plain = std::all_of(host.begin(), host.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_';
  });
  if (host.empty() || !plain) return Wrong("the host is no name or address");
  const bool digits = host.find_first_not_of("0123456789.") == absl::string_view::npos;
  if (digits && !IsAddress(AF_INET, host)) return Wrong("the host is no IPv4 address");
  return absl::OkStatus();
}

absl::StatusOr<HostAndPort> Split(absl::string_view address, int least_port) {
  if (absl::StrContains(address, '@') || absl::StrContains(address, "://")) {
    return Wrong("no scheme, and no username or password: those have keys of their own");
  }
  const size_t colon = address.rfind(':');
  if (colon == absl::string_view::npos) return Wrong("there is no port");
  absl::string_view host = address.substr(0, colon);
  const absl::string_view port = address.substr(colon + 1);
  if (absl::ConsumePrefix(&host, "[")) {
    if (!absl::ConsumeSuffix(&host, "]") || !IsAddress(AF_INET6, host)) {
      return Wrong("there is no IPv6 address between the brackets");
    }
  } else if (absl::StrContains(host, ':')) {
    return Wrong("put brackets around an IPv6 address");
  } else if (absl::Status status = CheckHost(host); !status.ok()) {
    return status;
  }
  int number = -1;
  const bool digits = port.size() <= 5 && port.find_first_not_of("0123456789") == absl::string_view::npos;
  if (!digits || !absl::SimpleAtoi(port, &number) || number < least_port || number > 65535) {
    return Wrong(absl::StrCat("the port must be a number from ", least_port, " to 65535"));
  }
  return HostAndPort{absl::AsciiStrToLower(host), static_cast<uint16_t>(number)};
}

absl::Status Check(absl::string_view address, int least_port) {
  if (absl::ConsumePrefix(&address, "unix:")) {
    if (!absl::StartsWith(address, "/")) return Wrong("the path after unix: must begin with /");
    if (address.size() >= sizeof(sockaddr_un{}.sun_path)) return Wrong("the path is longer than 107 bytes");
    return absl::OkStatus();
  }
  return Split(address, least_port).status();
}

}  // namespace

absl::Status CheckListenAddress(absl::string_view address) { return Check(address, 0); }

absl::Status CheckServerAddress(absl::string_view address) { return Check(address, 1); }

absl::StatusOr<HostAndPort> ParseHostAndPort(absl::string_view address) {
  if (absl::StartsWith(address, "unix:")) return absl::InvalidArgumentError("must be host:port or [v6]:port");
  return Split(address, 1);
}

bool IsBeyondLoopback(absl::string_view address) {
  if (absl::StartsWith(address, "unix:")) return false;
  absl::string_view host = address.substr(0, std::min(address.rfind(':'), address.size()));
  if (absl::ConsumePrefix(&host, "[")) {
    absl::ConsumeSuffix(&host, "]");
    in6_addr bytes{};
    return inet_pton(AF_INET6, std::string(host).c_str(), &bytes) != 1 || IN6_IS_ADDR_LOOPBACK(&bytes) == 0;
  }
  return !oauth1::IsLoopbackHost(absl::AsciiStrToLower(host));
}

}  // namespace oauth1d::config
