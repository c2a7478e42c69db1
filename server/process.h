// A running oauth1d: from the listening socket to the last log line.
#ifndef OAUTH1D_SERVER_PROCESS_H_
#define OAUTH1D_SERVER_PROCESS_H_

#include <memory>
#include <string>

#include "server/config/snapshot.h"

namespace oauth1d {

// Serves until a signal ends it, and gives the exit status of the process: 0 drained, 69 cannot listen, 78 the store
// must not be used. A second signal ends the process at once with 1. Call once, from main's thread.
int Serve(std::shared_ptr<const config::Snapshot> configuration);

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_PROCESS_H_
