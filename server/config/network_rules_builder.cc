#include "server/config/network_rules_builder.h"

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/config/addresses.h"
#include "server/config/secret_source.h"
#include "server/config/tls_files.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::config {
namespace {

// RFC 7617 section 2.
void BuildLogin(const v1::Proxy& from, const Place& place, Sources& sources, HttpProxy& to) {
  to.username = from.username();
  if (absl::StrContains(to.username, ':')) place.Fault("username", "holds a colon, which Basic authentication forbids");
  if (!from.has_password()) {
    if (!to.username.empty()) place.Fault("username", "needs a password beside it: {file: path} or {env: NAME}");
    return;
  }
  if (to.username.empty()) place.Fault("password", "needs a username beside it");
  to.password = ReadSecret(from.password(), place.PathOf("password"), sources, place.findings());
  if (oauth1::HasControlCharacters(to.password.Reveal())) {
    place.Fault("password", "holds a line break or another control character");
  }
}

HttpProxy BuildProxy(const v1::Proxy& from, const Place& place, Sources& sources) {
  HttpProxy to;
  if (from.address().empty()) {
    place.Fault("address", "is required: host:port or [v6]:port");
  } else if (absl::StatusOr<HostAndPort> address = ParseHostAndPort(from.address()); address.ok()) {
    to.host = std::move(address->host);
    to.port = address->port;
  } else {
    place.Fault("address", absl::StrCat(address.status().message(), ", not ", Quoted(from.address())));
  }
  BuildLogin(from, place, sources, to);
  return to;
}

}  // namespace

std::shared_ptr<const NetworkRules> BuildNetworkRules(const v1::Egress& egress, const Place& place, Sources& sources) {
  NetworkRules rules;
  rules.allow_plain_http = egress.allow_plain_http();
  for (int i = 0; i < egress.allow_cidrs_size(); ++i) {
    absl::StatusOr<AddressBlock> block = ParseAddressBlock(egress.allow_cidrs(i));
    if (block.ok()) {
      rules.allow_blocks.push_back(*block);
    } else {
      place.At("allow_cidrs", i).Fault(absl::StrCat(Quoted(egress.allow_cidrs(i)), ": ", block.status().message()));
    }
  }
  if (!egress.ca_file().empty()) {
    rules.ca_pem = LoadCaFile(egress.ca_file(), place.PathOf("ca_file"), sources, place.findings());
  }
  if (egress.has_proxy()) rules.proxy = BuildProxy(egress.proxy(), place.At("proxy"), sources);
  return std::make_shared<const NetworkRules>(std::move(rules));
}

}  // namespace oauth1d::config
