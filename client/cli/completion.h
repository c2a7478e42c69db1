// Shell completion: what can stand at the end of a command line.
#ifndef OAUTH1D_CLIENT_CLI_COMPLETION_H_
#define OAUTH1D_CLIENT_CLI_COMPLETION_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

namespace oauth1d::cli {

// Names that only the service, or the user's state folder, knows.
struct CompletionSources {
  std::function<std::vector<std::string>()> providers;
  std::function<std::vector<std::string>(const std::string& provider)> accounts;
};

// The candidates for the last of `words`, which are those after `oauth1ctl`; the last may be empty. Nothing: let the
// shell complete file names.
std::vector<std::string> Complete(const CLI::App& app, const std::vector<std::string>& words,
                                  const CompletionSources& sources);

// The script that makes a shell ask `oauth1ctl __complete`. Empty: no such shell.
std::string CompletionScript(const std::string& shell);

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_COMPLETION_H_
