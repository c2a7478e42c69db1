// The whole command line of oauth1ctl.
#ifndef OAUTH1D_CLIENT_CLI_COMMAND_LINE_H_
#define OAUTH1D_CLIENT_CLI_COMMAND_LINE_H_

#include <CLI/CLI.hpp>

#include "client/cli/subcommands.h"

namespace oauth1d::cli {

class CommandLine {
 public:
  CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  // Parses, runs what was asked for, and gives the exit status. Throws nothing.
  int Run(int argc, const char* const* argv);

  // With all subcommands, options and help texts.
  CLI::App& app() { return app_; }

 private:
  Session session_;
  CLI::App app_{"oauth1ctl: talks to oauth1d, logs in, signs requests, finds faults."};
};

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_COMMAND_LINE_H_
