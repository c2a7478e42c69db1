#include <memory>

#include "client/cli/doctor_command.h"
#include "client/cli/subcommands.h"

namespace oauth1d::cli {

void AddDoctorCommand(CLI::App& app, Session& session) {
  const auto command = std::make_shared<DoctorCommand>();
  CLI::App* const doctor = app.add_subcommand("doctor", "Is it us or the provider? Tries each step of a login");
  doctor->add_option("PROVIDER", command->provider)->required();
  doctor->add_option("--config", command->config,
                     "The service's configuration; default $OAUTH1D_CONFIG, then /etc/oauth1d/oauth1d.yaml");
  doctor->add_option("--callback", command->callback,
                     "To ask the provider with; default: the first that is configured");
  doctor->add_option("--consumer", command->consumer, "Where the provider has several; default: the first");
  doctor->add_option("--parameter", command->provider_parameters, "k=v, for the host templates; may come again")
      ->allow_extra_args(false);
  doctor->callback([&session, command] { session.exit_status = Doctor(session, *command); });
}

}  // namespace oauth1d::cli
