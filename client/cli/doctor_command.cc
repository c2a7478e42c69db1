#include "client/cli/doctor_command.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/cli/arguments.h"
#include "client/cli/health_command.h"
#include "client/cli/report.h"
#include "client/cli/terminal.h"
#include "oauth1d/failure.h"
#include "server/base/environment.h"
#include "server/doctor/examination.h"

namespace oauth1d::cli {
namespace {

using doctor::Fault;
using doctor::Finding;
using doctor::Findings;
using doctor::Verdict;

constexpr char kDefaultConfig[] = "/etc/oauth1d/oauth1d.yaml";
constexpr char kAfterFailure[] = "after what failed";
constexpr int kPatience = 10;

std::string ConfigFile(const DoctorCommand& command) {
  if (!command.config.empty()) return command.config;
  const char* const variable = std::getenv("OAUTH1D_CONFIG");
  return variable != nullptr && *variable != '\0' ? variable : kDefaultConfig;
}

std::string Describe(const absl::Status& status) {
  const Failure failure = FailureOf(status);
  return absl::StrCat(absl::StatusCodeToString(status.code()), failure.reason_name.empty() ? "" : " ",
                      ForTerminal(failure.reason_name), ": ", ForTerminal(std::string(status.message())),
                      failure.oauth_problem.empty() ? "" : "; oauth_problem=", ForTerminal(failure.oauth_problem));
}

std::string AdviceFor(const absl::Status& status) {
  if (absl::IsUnauthenticated(status)) return "it does not know us: OAUTH1D_API_KEY, or OAUTH1D_CERT_FILE with its key";
  return "is it running, is --server right, and does it want TLS (OAUTH1D_CA_FILE)? its log says more";
}

void ExamineService(const Connection& connection, const std::string& provider, Findings& findings) {
  std::string health;
  absl::Status asked = StatusFromRpc(CheckHealth(connection, "", health));
  if (!asked.ok()) {
    findings.Fail("service", Fault::kOurs, absl::StrCat(connection.server, ": ", Describe(asked)), AdviceFor(asked));
    return;
  }
  std::string store;
  asked = StatusFromRpc(CheckHealth(connection, "oauth1d.store", store));
  const bool store_up = asked.ok() && store == "SERVING";
  if (health == "SERVING" || !store_up) {
    findings.Ok("service", absl::StrCat(connection.server, " answers"));
  } else {
    findings.Fail("service", Fault::kOurs, absl::StrCat(connection.server, " answers, but does not serve"),
                  "it is starting or stopping; its log says more");
    return;
  }
  if (!store_up) {
    findings.Fail("store", Fault::kOurs, "the service does not reach its store",
                  "look after Redis (store.redis in the configuration); logins cannot begin or end until it is back");
    return;
  }
  findings.Ok("store", "up");
  const absl::StatusOr<v1::ListProvidersResponse> listed =
      connection.Connect().ListProviders(v1::ListProvidersRequest(), connection.Options());
  if (!listed.ok()) {
    findings.Fail("provider", Fault::kOurs, Describe(listed.status()), AdviceFor(listed.status()));
    return;
  }
  std::vector<std::string> names;
  for (const v1::Provider& one : listed->providers()) names.push_back(ForTerminal(one.name()));
  if (std::find(names.begin(), names.end(), provider) == names.end()) {
    findings.Fail("provider", Fault::kOurs, absl::StrCat("the service has no ", ForTerminal(provider), " for us"),
                  absl::StrCat("it has: ", absl::StrJoin(names, ", ")));
    return;
  }
  findings.Ok("provider", "the service offers it to us");
}

// What can be learned without the configuration.
void ExamineByService(const Connection& connection, const DoctorCommand& command, Findings& findings) {
  v1::StartAuthorizationRequest request;
  request.set_provider(command.provider);
  request.set_callback_url(command.callback);
  request.set_consumer(command.consumer);
  AddParameters(command.provider_parameters, "--parameter", *request.mutable_provider_parameters());
  const auto started = connection.Connect().StartAuthorization(request, connection.Options());
  if (started.ok()) return findings.Ok("login", "the service began one at the provider");
  switch (FailureOf(started.status()).reason) {
    case v1::ERROR_REASON_PROVIDER_UNREACHABLE:
    case v1::ERROR_REASON_PROVIDER_BUSY:
    case v1::ERROR_REASON_BAD_TOKEN_RESPONSE:
    case v1::ERROR_REASON_CALLBACK_NOT_CONFIRMED:
      return findings.Fail("login", Fault::kTheirs, Describe(started.status()),
                           "see the provider's status page; run the doctor where the configuration is for more");
    default:
      return findings.Fail("login", Fault::kOurs, Describe(started.status()),
                           "run the doctor where the configuration is: it tells which setting");
  }
}

const char* WordOf(const Finding& finding) {
  switch (finding.verdict) {
    case Verdict::kOk:
      return "OK";
    case Verdict::kLook:
      return "LOOK";
    case Verdict::kFailed:
      return "FAILED";
    case Verdict::kSkipped:
      return "skipped";
  }
  return "?";
}

const char* ColourOf(const Finding& finding) {
  switch (finding.verdict) {
    case Verdict::kOk:
      return "\x1b[32m";
    case Verdict::kLook:
      return "\x1b[33m";
    case Verdict::kFailed:
      return "\x1b[31;1m";
    case Verdict::kSkipped:
      return "\x1b[2m";
  }
  return "";
}

const char* WhoseFault(const Findings& findings) {
  constexpr const char* kWho[] = {"nobody", "us", "the provider"};
  return kWho[DoctorStatus(findings)];
}

void PrintFindings(const Findings& findings, const DoctorCommand& command) {
  nlohmann::ordered_json told{{"provider", command.provider}, {"fault", WhoseFault(findings)}};
  told["findings"] = nlohmann::ordered_json::array();
  for (const Finding& finding : findings.all()) {
    nlohmann::ordered_json one{{"step", finding.step}, {"verdict", WordOf(finding)}, {"text", finding.text}};
    if (finding.fault != Fault::kNone) one["fault"] = finding.fault == Fault::kOurs ? "us" : "the provider";
    if (!finding.advice.empty()) one["advice"] = finding.advice;
    told["findings"].push_back(one);
  }
  std::cout << told.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
}

}  // namespace

int DoctorStatus(const Findings& findings) {
  int status = 0;
  for (const Finding& finding : findings.all()) {
    if (finding.verdict != Verdict::kFailed) continue;
    // What is ours can be mended tonight, and may be why the rest fails.
    if (finding.fault == Fault::kOurs) return 1;
    status = 2;
  }
  return status;
}

std::string DoctorText(const Findings& findings, const std::string& provider, bool colour, size_t columns) {
  constexpr size_t kIndent = 24;
  std::string text;
  for (const Finding& finding : findings.all()) {
    absl::StrAppend(&text, colour ? ColourOf(finding) : "", absl::StrFormat("%-8s", WordOf(finding)),
                    colour ? "\x1b[0m" : "", absl::StrFormat("%-16s", finding.step),
                    Wrapped(ForTerminal(finding.text), kIndent, columns), "\n");
    if (!finding.advice.empty()) {
      absl::StrAppend(&text, std::string(kIndent, ' '), "-> ",
                      Wrapped(ForTerminal(finding.advice), kIndent + 3, columns), "\n");
    }
  }
  const int status = DoctorStatus(findings);
  size_t skipped = 0;
  for (const Finding& finding : findings.all()) skipped += finding.verdict == Verdict::kSkipped ? 1 : 0;
  absl::StrAppend(&text, "\n", ForTerminal(provider), ": ",
                  status == 0 && skipped > 0
                      ? absl::StrCat("nothing is wrong in what could be seen from here; skipped: ", skipped,
                                     " (--config FILE names the service's configuration)")
                  : status == 0 ? "nothing is wrong that could be seen from here"
                  : status == 1 ? "it is us: begin with the first line that FAILED"
                                : "it is the provider",
                  "\n");
  return text;
}

int Doctor(const Session& session, const DoctorCommand& command) {
  Connection connection = session.connection;
  if (!session.timeout_given) connection.timeout_seconds = kPatience;
  const std::string config = ConfigFile(command);
  const bool readable = access(config.c_str(), R_OK) == 0;
  const std::string why = readable ? "" : absl::StrCat("cannot read ", config, ": ", std::strerror(errno));
  if (!readable && !command.config.empty()) throw std::runtime_error("--config: " + why);

  doctor::Findings findings;
  ExamineService(connection, command.provider, findings);
  findings.SkipRest({"store", "provider"}, kAfterFailure);
  if (readable) {
    doctor::ExaminationRequest request;
    request.config_file = config;
    request.provider = command.provider;
    request.consumer = command.consumer;
    request.callback_url = command.callback;
    for (const std::string& pair : command.provider_parameters) {
      auto [name, value] = Split(pair, '=', "--parameter");
      request.provider_parameters.push_back({name, value});
    }
    doctor::Examine(request, RealEnvironment(), findings);
  } else {
    if (command.callback.empty() || findings.failed()) {
      findings.Skip("login", findings.failed() ? kAfterFailure : "--callback would let the service begin one");
    } else {
      ExamineByService(connection, command, findings);
    }
    doctor::SkipExamination(why, findings);
  }
  if (session.json) {
    PrintFindings(findings, command);
  } else {
    std::cout << DoctorText(findings, command.provider, UsesColour(STDOUT_FILENO), ColumnsOf(STDOUT_FILENO));
  }
  return DoctorStatus(findings);
}

}  // namespace oauth1d::cli
