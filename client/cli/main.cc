// oauth1ctl: the contract from a terminal, and what needs no server.
#include <grpc/support/log.h>

#include <csignal>

#include "absl/synchronization/mutex.h"
#include "client/cli/command_line.h"

int main(int argc, char** argv) {
  gpr_set_log_function([](gpr_log_func_args*) {});  // what fails is told once, by us
  // Debian's Abseil is built with the deadlock detector on.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  std::signal(SIGPIPE, SIG_IGN);  // a browser that hangs up is no reason to end
  return oauth1d::cli::CommandLine().Run(argc, argv);
}
