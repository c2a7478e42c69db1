// The manual page, from the same texts as --help.
#ifndef OAUTH1D_CLIENT_CLI_MANUAL_H_
#define OAUTH1D_CLIENT_CLI_MANUAL_H_

#include <CLI/CLI.hpp>
#include <string>

namespace oauth1d::cli {

// In roff, for section 1.
std::string ManualPage(const CLI::App& app);

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_MANUAL_H_
