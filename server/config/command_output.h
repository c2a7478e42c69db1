// Secrets that a program writes, such as the agent of a KMS or of Vault.
#ifndef OAUTH1D_SERVER_CONFIG_COMMAND_OUTPUT_H_
#define OAUTH1D_SERVER_CONFIG_COMMAND_OUTPUT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/secret.h"

namespace oauth1d::config {

struct CommandBounds {
  absl::Duration time = absl::Seconds(10);
  size_t bytes = size_t{1} << 20;
};

// What the program argv[0], an absolute path, writes to standard output. No shell is between; it gets `environment`
// (NAME=value each), and besides standard output only /dev/null. It must belong to root or to us, and only its owner
// may write it; symbolic links are followed. Blocks until it ends. One that takes too long or writes too much is killed
// with all that it started. Errors: kInvalidArgument that says why it is not started or how it ended, never what it
// wrote or what its arguments are.
absl::StatusOr<Secret> OutputOf(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                                const CommandBounds& bounds = CommandBounds());

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_COMMAND_OUTPUT_H_
