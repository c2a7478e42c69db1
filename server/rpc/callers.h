// Who is calling, and what they work with.
#ifndef OAUTH1D_SERVER_RPC_CALLERS_H_
#define OAUTH1D_SERVER_RPC_CALLERS_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "server/providers/owner.h"
#include "server/sealing/keyring.h"

namespace oauth1d::rpc {

// What a call needs of the configuration. A call keeps the one it began with.
struct Ground {
  std::vector<std::shared_ptr<const providers::Owner>> owners;
  std::shared_ptr<const sealing::Keyring> keyring;  // never null
};

// The owner that a caller stands for. As long as callers prove no identity, all of them are `default`.
// Errors: kUnauthenticated with reason CALLER_UNKNOWN: the configuration has no such owner.
absl::StatusOr<std::shared_ptr<const providers::Owner>> IdentifyCaller(const Ground& ground);

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_CALLERS_H_
