#include "server/rpc/peer.h"

#include <grpc/grpc_security_constants.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace oauth1d::rpc {
namespace {

absl::string_view View(const grpc::string_ref& text) { return {text.data(), text.size()}; }

// The only value of a property; empty for none, and for several.
absl::string_view OnlyValue(const grpc::AuthContext& context, const char* name) {
  const std::vector<grpc::string_ref> values = context.FindPropertyValues(name);
  return values.size() == 1 ? View(values.front()) : absl::string_view();
}

// With OpenSSL gRPC's chain begins behind the leaf, with BoringSSL at it.
std::string WholeChain(absl::string_view leaf, absl::string_view chain) {
  if (leaf.empty()) return "";
  return absl::StartsWith(chain, leaf) ? std::string(chain) : absl::StrCat(leaf, chain);
}

// RFC 9110, section 5.2: as if they stood in one line. The comma makes it no key.
std::string Authorization(const grpc::ServerContextBase& context) {
  const auto [first, last] = context.client_metadata().equal_range("authorization");
  std::string value;
  for (auto field = first; field != last; ++field) {
    if (field != first) value.append(", ");
    absl::StrAppend(&value, View(field->second));
  }
  return value;
}

}  // namespace

callers::Peer PeerOf(const grpc::ServerContextBase& context) {
  callers::Peer peer{.authorization = Authorization(context)};
  const std::shared_ptr<const grpc::AuthContext> connection = context.auth_context();
  if (connection == nullptr) return peer;
  const absl::string_view transport = OnlyValue(*connection, GRPC_TRANSPORT_SECURITY_TYPE_PROPERTY_NAME);
  peer.tls = transport == GRPC_SSL_TRANSPORT_SECURITY_TYPE || transport == GRPC_TLS_TRANSPORT_SECURITY_TYPE;
  if (!peer.tls) return peer;
  peer.certificate_chain_pem = WholeChain(OnlyValue(*connection, GRPC_X509_PEM_CERT_PROPERTY_NAME),
                                          OnlyValue(*connection, GRPC_X509_PEM_CERT_CHAIN_PROPERTY_NAME));
  return peer;
}

}  // namespace oauth1d::rpc
