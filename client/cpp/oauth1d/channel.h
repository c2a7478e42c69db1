// The channel to the service: TLS, balancing, keepalive, sizes, and what gRPC itself may repeat.
#ifndef OAUTH1D_CHANNEL_H_
#define OAUTH1D_CHANNEL_H_

#include <grpcpp/channel.h>

#include <memory>

#include "absl/status/statusor.h"
#include "oauth1d/client_options.h"

namespace oauth1d {

// Opens nothing yet: gRPC connects with the first call. Make it after a fork, not before.
// INVALID_ARGUMENT: cert_file without key_file or the other way round, an api_key that no header can carry, or a file
// that cannot be read; the message names it.
absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(const ClientOptions& options);

}  // namespace oauth1d

#endif  // OAUTH1D_CHANNEL_H_
