#include "server/rpc/callers.h"

#include "server/base/failure.h"

namespace oauth1d::rpc {

absl::StatusOr<std::shared_ptr<const providers::Owner>> IdentifyCaller(const Ground& ground) {
  for (const std::shared_ptr<const providers::Owner>& owner : ground.owners) {
    if (owner->name == "default") return owner;
  }
  return Fail(Reason::kCallerUnknown, "the configuration has no owner named default, and callers prove no identity");
}

}  // namespace oauth1d::rpc
