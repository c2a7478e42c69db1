// The composition root: flags, configuration, and then the process serves until a signal ends it.
#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <unistd.h>

#include <csignal>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "server/base/failure.h"
#include "server/config/addresses.h"
#include "server/config/loader.h"
#include "server/config/process_variables.h"
#include "server/flags.h"
#include "server/hardening.h"
#include "server/ops/log.h"
#include "server/process.h"
#include "server/providers/records.h"

namespace oauth1d {
namespace {

constexpr int kUsage = 64;
constexpr int kConfiguration = 78;

// Reads what main's flags name, each time it is called, as a running service would take it over.
config::Loaded Load(const Flags& flags, config::ProcessVariables& variables) {
  config::Loaded loaded =
      config::LoadFile(flags.config, absl::Now(), [&](const std::string& name) { return variables.Read(name); });
  if (loaded.snapshot == nullptr || flags.listen.empty()) return loaded;
  auto snapshot = std::make_shared<config::Snapshot>(*loaded.snapshot);
  snapshot->listen.address = flags.listen;
  loaded.snapshot = std::move(snapshot);
  return loaded;
}

int CheckConfig(const std::string& file) {
  config::ProcessVariables variables;
  const config::Loaded loaded =
      config::LoadFile(file, absl::Now(), [&](const std::string& name) { return variables.Read(name); });
  std::cerr << config::ToLines(loaded.mistakes);
  if (loaded.snapshot == nullptr) return kConfiguration;
  for (const config::Mistake& warning : loaded.warnings) std::cerr << "warning: " << config::ToLines({warning});
  std::cout << "ok\n";
  return 0;
}

// All names, or the text of one; 64 where there is no such record.
int PrintRecords(const std::string& name) {
  bool found = name.empty();
  for (const providers::BuiltInRecord& record : providers::BuiltInRecords()) {
    if (name.empty()) std::cout << record.name << "\n";
    if (name != record.name) continue;
    std::cout << record.yaml;
    found = true;
  }
  if (!found) std::cerr << "--print-record: there is no such record; --list-records names all\n";
  return found ? 0 : kUsage;
}

// Libraries write their complaints where we log them, as one line of JSON.
void QuietLibraries() {
  gpr_set_log_function([](gpr_log_func_args* args) {
    if (args->severity == GPR_LOG_SEVERITY_ERROR) {
      ops::LogEvent(ops::Level::kWarning, "grpc", EscapeForPeople(args->message));
    }
  });
  google::protobuf::SetLogHandler(nullptr);  // it would name the fields of bad requests; we answer them instead
}

int Main(int argc, char** argv) {
  int exit_status = 0;
  const std::optional<Flags> flags = ParseFlags(argc, argv, exit_status);
  if (!flags.has_value()) return exit_status;
  if (!flags->check_config.empty()) return CheckConfig(flags->check_config);
  if (flags->list_records || !flags->print_record.empty()) return PrintRecords(flags->print_record);

  config::ProcessVariables variables;
  config::Loaded loaded = Load(*flags, variables);
  if (loaded.snapshot == nullptr) {
    std::cerr << config::ToLines(loaded.mistakes);
    return kConfiguration;
  }
  if (flags->print_config) {
    std::cout << loaded.effective;
    return 0;
  }
  const config::Listen& listen = loaded.snapshot->listen;
  if (const absl::Status address = config::CheckListenAddress(listen.address); !address.ok()) {
    std::cerr << "--listen: " << address.message() << "\n";
    return kConfiguration;
  }
  if (!listen.tls.has_value() && config::IsBeyondLoopback(listen.address) && !flags->dangerously_listen_without_tls) {
    std::cerr << "listen.address: " << EscapeForPeople(listen.address)
              << " is not loopback, and there is no listen.tls; set it, or pass --dangerously-listen-without-tls\n";
    return kConfiguration;
  }
  ops::StartLog();
  QuietLibraries();
  for (const config::Mistake& warning : loaded.warnings) {
    ops::LogEvent(ops::Level::kWarning, "configuration", absl::StrCat(warning.path, ": ", warning.what));
  }
  const int status = Serve(std::move(loaded), [&] { return Load(*flags, variables); });
  if (!ops::StopLog()) _exit(status);
  return status;
}

}  // namespace
}  // namespace oauth1d

int main(int argc, char** argv) {
  oauth1d::Harden();
  // Debian's Abseil is built with the deadlock detector on: 4 to 10 % of all instructions.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  std::signal(SIGPIPE, SIG_IGN);
  return oauth1d::Main(argc, argv);
}
