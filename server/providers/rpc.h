// The methods of the service, as policies name them.
#ifndef OAUTH1D_SERVER_PROVIDERS_RPC_H_
#define OAUTH1D_SERVER_PROVIDERS_RPC_H_

#include <array>
#include <optional>

#include "absl/strings/string_view.h"

namespace oauth1d::providers {

enum class Rpc {
  kStartAuthorization,
  kCompleteAuthorization,
  kSignedRequest,
  kStreamSignedRequest,
  kExplainSignature,
  kImportAccessToken,
  kRefreshAccessToken,
  kRewrapAccessToken,
  kRevokeAccessToken,
  kListProviders,
};

// By their numbers.
inline constexpr std::array<absl::string_view, 10> kRpcNames = {
    "StartAuthorization", "CompleteAuthorization", "SignedRequest",     "StreamSignedRequest", "ExplainSignature",
    "ImportAccessToken",  "RefreshAccessToken",    "RewrapAccessToken", "RevokeAccessToken",   "ListProviders"};

constexpr absl::string_view NameOf(Rpc rpc) { return kRpcNames[static_cast<size_t>(rpc)]; }

// Nothing for any other text.
inline std::optional<Rpc> RpcOf(absl::string_view name) {
  for (size_t i = 0; i < kRpcNames.size(); ++i) {
    if (kRpcNames[i] == name) return static_cast<Rpc>(i);
  }
  return std::nullopt;
}

}  // namespace oauth1d::providers

#endif  // OAUTH1D_SERVER_PROVIDERS_RPC_H_
