// oauth1ctl doctor: is it us, or the provider?
#ifndef OAUTH1D_CLIENT_CLI_DOCTOR_COMMAND_H_
#define OAUTH1D_CLIENT_CLI_DOCTOR_COMMAND_H_

#include <string>
#include <vector>

#include "client/cli/subcommands.h"
#include "server/doctor/findings.h"

namespace oauth1d::cli {

struct DoctorCommand {
  std::string provider;
  std::string config;  // empty: as oauth1d finds it
  std::string callback;
  std::string consumer;
  std::vector<std::string> provider_parameters;  // k=v
};

// A line a step, then who can mend it. Exit status 0: all is well; 1: we can mend something; 2: the provider alone can.
// Throws std::runtime_error for what the user must mend.
int Doctor(const Session& session, const DoctorCommand& command);

// The exit status for these findings.
int DoctorStatus(const doctor::Findings& findings);

// The lines for people.
std::string DoctorText(const doctor::Findings& findings, const std::string& provider, bool colour, size_t columns);

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_DOCTOR_COMMAND_H_
