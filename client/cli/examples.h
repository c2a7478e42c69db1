// Texts that --help and the manual page share.
#ifndef OAUTH1D_CLIENT_CLI_EXAMPLES_H_
#define OAUTH1D_CLIENT_CLI_EXAMPLES_H_

#include <string>

namespace oauth1d::cli {

// Lines that each begin with two blanks; empty: none. `command`: `login`, `token refresh`; empty: of the whole.
std::string ExamplesOf(const std::string& command);

std::string EnvironmentText();
std::string FilesText();
std::string ExitStatusText();

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_EXAMPLES_H_
