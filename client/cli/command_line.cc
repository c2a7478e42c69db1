#include "client/cli/command_line.h"

#include <exception>
#include <iostream>

#include "client/cli/examples.h"
#include "client/cli/report.h"

namespace oauth1d::cli {
namespace {

// Gives each subcommand its examples.
void AddExamples(CLI::App& app, const std::string& path) {
  for (CLI::App* const command : app.get_subcommands([](const CLI::App*) { return true; })) {
    const std::string name = path.empty() ? command->get_name() : path + " " + command->get_name();
    const std::string examples = ExamplesOf(name);
    if (!examples.empty()) command->footer("Examples:\n" + examples);
    AddExamples(*command, name);
  }
}

}  // namespace

CommandLine::CommandLine() {
  session_.connection = Connection::FromEnvironment();
  app_.name("oauth1ctl");
  app_.set_version_flag("--version", "oauth1ctl " OAUTH1D_VERSION);
  app_.require_subcommand(1);
  app_.fallthrough();
  app_.add_option("--server", session_.connection.server,
                  "HOST:PORT or unix:/PATH; default $OAUTH1D_SERVER, then 127.0.0.1:50051");
  app_.add_flag("--json", session_.json, "Print responses as proto JSON, and errors as JSON on stderr");
  app_.add_option_function<int>(
          "--timeout",
          [this](int seconds) {
            session_.connection.timeout_seconds = seconds;
            session_.timeout_given = true;
          },
          "Seconds; default 30, for streams an hour")
      ->check(CLI::Range(1, 3600))
      ->trigger_on_parse();
  AddLoginCommands(app_, session_);
  AddRequestCommands(app_, session_);
  AddDoctorCommand(app_, session_);
  AddCallCommands(app_, session_);
  AddTokenCommands(app_, session_);
  AddOfflineCommands(app_, session_);
  AddShellCommands(app_, session_);
  AddExamples(app_, "");
  app_.footer("Examples:\n" + ExamplesOf("") + "\n" + EnvironmentText() + "\n" + ExitStatusText());
}

int CommandLine::Run(int argc, const char* const* argv) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_name() == "RequiredError" && app_.get_subcommands().empty() && !app_.remaining().empty()) {
      std::cerr << "oauth1ctl: '" << ForTerminal(app_.remaining().front())
                << "' is no command; oauth1ctl --help lists them\n";
      return kUsage;
    }
    return app_.exit(error) == 0 ? 0 : kUsage;
  } catch (const std::exception& error) {
    std::cerr << "oauth1ctl: " << error.what() << "\n";
    return kUsage;
  }
  if (!std::cout.flush()) {
    std::cerr << "oauth1ctl: standard output cannot be written\n";
    return kUsage;
  }
  return session_.exit_status;
}

}  // namespace oauth1d::cli
