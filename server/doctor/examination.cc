#include "server/doctor/examination.h"

#include <boost/asio/io_context.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "server/base/failure.h"
#include "server/base/spawn.h"
#include "server/config/loader.h"
#include "server/config/process_variables.h"
#include "server/doctor/login_trial.h"
#include "server/doctor/overheard_http.h"
#include "server/doctor/path_trial.h"
#include "server/egress/http_pool.h"
#include "server/flow/breakers.h"
#include "server/ops/metrics.h"
#include "server/providers/client.h"
#include "storage/memory_store.h"

namespace oauth1d::doctor {
namespace {

constexpr char kConfiguration[] = "configuration";
constexpr char kAfterFailure[] = "after what failed";

// Nothing is decided about others here, so there is nobody to tell.
class NoTrail : public flow::AuditTrail {
 public:
  Task<> Tell(flow::Decision) override { co_return absl::OkStatus(); }
  void Note(const flow::Decision&) override {}
};

// Who may use the provider: the first owner who can.
std::shared_ptr<const providers::Owner> OwnerOf(const config::Snapshot& configuration, const std::string& provider) {
  for (const std::shared_ptr<const providers::Owner>& owner : configuration.owners) {
    const providers::Grant* const grant = owner->Find(provider);
    if (grant != nullptr && grant->AllowsRpc(providers::Rpc::kStartAuthorization)) return owner;
  }
  return nullptr;
}

struct Loaded {
  std::shared_ptr<const config::Snapshot> configuration;
  std::shared_ptr<const providers::Owner> owner;
  providers::Client client;
};

std::string Names(const config::Snapshot& configuration) {
  return absl::StrJoin(configuration.providers, ", ",
                       [](std::string* out, const auto& provider) { out->append(provider->name); });
}

// False where it failed.
bool Load(const ExaminationRequest& request, Environment& environment, Loaded& loaded, Findings& findings) {
  config::ProcessVariables variables;
  const config::Loaded read = config::LoadFile(request.config_file, environment.Now(),
                                               [&](const std::string& name) { return variables.Read(name); });
  if (read.snapshot == nullptr) {
    std::string text = config::ToLines({read.mistakes.front()});
    if (read.mistakes.size() > 1) absl::StrAppend(&text, "(and ", read.mistakes.size() - 1, " more)");
    for (char& c : text) c = c == '\n' ? ' ' : c;
    findings.Fail(kConfiguration, Fault::kOurs, std::string(absl::StripSuffix(text, " ")),
                  absl::StrCat("oauth1d --check-config ", request.config_file,
                               " names every mistake; run the doctor as the service's user and with its environment"));
    return false;
  }
  loaded.configuration = read.snapshot;
  std::shared_ptr<const providers::Provider> provider;
  for (const auto& one : read.snapshot->providers) {
    if (one->name == request.provider) provider = one;
  }
  if (provider == nullptr) {
    findings.Fail(kConfiguration, Fault::kOurs,
                  absl::StrCat(request.config_file, " has no provider ", EscapeForPeople(request.provider, 64)),
                  absl::StrCat("it has: ", Names(*read.snapshot)));
    return false;
  }
  loaded.owner = OwnerOf(*read.snapshot, request.provider);
  if (loaded.owner == nullptr) {
    findings.Fail(kConfiguration, Fault::kOurs, "no owner may begin logins with this provider",
                  "grant it: owners: - providers: - name");
    return false;
  }
  const std::string consumer = request.consumer.empty() ? provider->consumers.front().name : request.consumer;
  absl::StatusOr<providers::Client> client = providers::FindClient(provider, consumer, request.provider_parameters);
  if (!client.ok()) {
    const std::vector<FieldViolation> violations = FieldViolationsOf(client.status());
    findings.Fail(kConfiguration, Fault::kOurs,
                  violations.empty() ? std::string(client.status().message())
                                     : absl::StrCat(violations[0].field, " ", violations[0].description),
                  "give --consumer or --parameter name=value as callers do");
    return false;
  }
  loaded.client = *std::move(client);
  const std::string text = absl::StrCat(request.config_file, " loads; consumer ", consumer);
  if (read.warnings.empty()) {
    findings.Ok(kConfiguration, text);
  } else {
    findings.Look(kConfiguration, text, absl::StrCat(read.warnings.front().path, ": ", read.warnings.front().what));
  }
  return true;
}

int PortOf(const std::string& listen) {
  int port = 0;
  return absl::SimpleAtoi(absl::string_view(listen).substr(listen.rfind(':') + 1), &port) ? port : 0;
}

Task<> Try(boost::asio::io_context* loop, Environment* environment, Loaded loaded, std::string callback_url,
           Findings* findings) {
  const providers::Endpoints& endpoints = *loaded.client.endpoints;
  const bool has_login = endpoints.request_token_url.has_value();
  const Origin origin = has_login ? endpoints.request_token_url->origin() : endpoints.api_bases.front().origin();
  CO_RETURN_IF_ERROR(co_await TryPath(loop, environment, origin, loaded.client.provider->network_rules, findings));
  if (findings->failed()) co_return absl::OkStatus();
  if (!has_login) {
    findings->SkipRest(LoginSteps(), "the record has no login");
    co_return absl::OkStatus();
  }
  egress::HttpPool pool(*loop, *environment, egress::HttpPoolOptions());
  const int own_port = PortOf(loaded.configuration->listen.address);
  if (own_port > 0) pool.DenyOwnPort(static_cast<uint16_t>(own_port));
  OverheardHttp http(pool, *environment);
  storage::MemoryStore store(std::make_shared<storage::MemorySpace>(), *environment);
  flow::ClockOffsets clock_offsets;
  flow::RsaThread rsa_thread;
  callers::Quotas quotas(*environment);
  NoTrail trail;
  ops::NoMetrics metrics;
  flow::Breakers breakers(*environment, metrics);
  const flow::Backends backends{*loop,    *environment, http,   store, clock_offsets,
                                breakers, rsa_thread,   quotas, trail, metrics};
  LoginTrial trial{loaded.configuration, loaded.owner, loaded.client, std::move(callback_url)};
  const absl::Status tried = co_await TryLogin(backends, &http, std::move(trial), findings);
  pool.Stop();
  rsa_thread.Stop();
  co_return tried;
}

}  // namespace

void Examine(const ExaminationRequest& request, Environment& environment, Findings& findings) {
  Loaded loaded;
  Findings own;
  if (Load(request, environment, loaded, own)) {
    boost::asio::io_context loop{1};
    absl::Status ended;
    Spawn(
        loop, [&] { return Try(&loop, &environment, loaded, request.callback_url, &own); },
        [&](absl::Status status) { ended = std::move(status); });
    loop.run();
    if (!ended.ok()) own.Fail("examination", Fault::kOurs, ended.message(), "please report it");
  }
  own.SkipRest(PathSteps(), kAfterFailure);
  own.SkipRest(LoginSteps(), kAfterFailure);
  findings.Append(own);
}

void SkipExamination(const std::string& why, Findings& findings) {
  findings.Skip(kConfiguration, why);
  findings.SkipRest(PathSteps(), "without a configuration");
  findings.SkipRest(LoginSteps(), "without a configuration");
}

}  // namespace oauth1d::doctor
