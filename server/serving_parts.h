// From the configuration to what the port and the calls work with.
#ifndef OAUTH1D_SERVER_SERVING_PARTS_H_
#define OAUTH1D_SERVER_SERVING_PARTS_H_

#include <memory>
#include <string>

#include "server/config/snapshot.h"
#include "server/rpc/connections.h"
#include "server/rpc/ground.h"
#include "server/rpc/server_credentials.h"

namespace oauth1d {

rpc::TlsTexts TextsOf(const config::ListenTls& tls);
// Null: plain text.
std::unique_ptr<rpc::ReloadableCredentials> CredentialsOf(const config::Listen& listen);
rpc::ConnectionLimits LimitsOf(const config::ConnectionLimits& from);
std::shared_ptr<const rpc::Ground> GroundOf(const config::Snapshot& configuration);

// The port of an address that is listened on; -1: a unix socket.
int PortOf(const std::string& address);

// Where the configuration says that Redis is, for people.
std::string WhereIs(const config::RedisOptions& redis);

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_SERVING_PARTS_H_
