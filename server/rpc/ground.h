// What a call needs of the configuration. A call keeps the one that it began with.
#ifndef OAUTH1D_SERVER_RPC_GROUND_H_
#define OAUTH1D_SERVER_RPC_GROUND_H_

#include <memory>

#include "server/callers/directory.h"
#include "server/providers/house_rules.h"
#include "server/sealing/keyring.h"

namespace oauth1d::rpc {

struct Ground {
  std::shared_ptr<const callers::Directory> directory;  // these are never null
  std::shared_ptr<const sealing::Keyring> keyring;
  std::shared_ptr<const providers::HouseRules> rules;
};

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_GROUND_H_
