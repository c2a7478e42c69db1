// A running oauth1d: from the listening socket to the last log line.
#ifndef OAUTH1D_SERVER_PROCESS_H_
#define OAUTH1D_SERVER_PROCESS_H_

#include <functional>

#include "server/config/loader.h"

namespace oauth1d {

// Serves until a signal ends it, and gives the exit status of the process: 0 drained, 69 cannot listen, 78 the store
// must not be used. A second signal ends the process at once with 1. On SIGHUP, and when a file of the configuration
// changes, `load` is called again, from a thread of its own: what it gives is taken over whole or not at all, and calls
// that run keep what they began with. `loaded` has a snapshot. Call once, from main's thread.
int Serve(config::Loaded loaded, std::function<config::Loaded()> load);

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_PROCESS_H_
