// What a call shows of its caller.
#ifndef OAUTH1D_SERVER_RPC_PEER_H_
#define OAUTH1D_SERVER_RPC_PEER_H_

#include <grpcpp/server_context.h>

#include "server/callers/identity.h"

namespace oauth1d::rpc {

// Copies the certificates of the connection, some 2 KiB, and the metadata `authorization`. One that comes more than
// once becomes a text that is no key.
callers::Peer PeerOf(const grpc::ServerContextBase& context);

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_PEER_H_
