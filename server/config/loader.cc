#include "server/config/loader.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <system_error>
#include <tuple>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "oauth1d/config/v1/config.pb.h"
#include "server/base/failure.h"
#include "server/config/addresses.h"
#include "server/config/caller_authorities.h"
#include "server/config/choice.h"
#include "server/config/defaults.h"
#include "server/config/file_trust.h"
#include "server/config/identity_builder.h"
#include "server/config/keyring_loader.h"
#include "server/config/limits_builder.h"
#include "server/config/metrics_builder.h"
#include "server/config/named_sources.h"
#include "server/config/names.h"
#include "server/config/owner_builder.h"
#include "server/config/place.h"
#include "server/config/printer.h"
#include "server/config/process_variables.h"
#include "server/config/provider_builder.h"
#include "server/config/record_overlay.h"
#include "server/config/store_builder.h"
#include "server/config/tls_files.h"
#include "server/config/token_rules_builder.h"
#include "server/config/yaml_to_proto.h"

namespace oauth1d::config {
namespace {

constexpr absl::Duration kLongestDrainDelay = absl::Seconds(60);
constexpr std::array<Choice<bool>, 2> kWhenFull = {{{"drop", false}, {"refuse", true}}};

class Loading {
 public:
  Loading(const v1::Config& config, absl::Time now, Sources& sources, Findings& findings)
      : config_(config), now_(now), sources_(sources), findings_(findings) {}

  Snapshot Build() {
    const CallerAuthorities authorities = BuildListen();
    if (config_.store().has_redis()) {
      snapshot_.store.redis = BuildRedis(config_.store().redis(), Place("store.redis", findings_), now_, sources_);
    }
    snapshot_.keyring = LoadKeyring(config_.keyring(), sources_, findings_);
    BuildProviders();
    BuildOwners();
    BuildRules();
    snapshot_.metrics = BuildMetrics(config_.metrics(), Place("metrics", findings_));
    BuildDirectory(authorities);
    return std::move(snapshot_);
  }

 private:
  CallerAuthorities BuildListen() {
    const v1::Listen& from = config_.listen();
    const Place place("listen", findings_);
    Listen& to = snapshot_.listen;
    to.address = from.address();
    if (absl::Status status = CheckListenAddress(to.address); !status.ok()) {
      place.Fault("address", absl::StrCat(status.message(), ", not ", Quoted(to.address)));
    }
    to.drain_delay = absl::Seconds(from.drain_delay().seconds()) + absl::Nanoseconds(from.drain_delay().nanos());
    if (to.drain_delay > kLongestDrainDelay) place.Fault("drain_delay", "must be from 0s to 60s");
    to.reflection = from.reflection();
    return from.has_tls() ? BuildTls(from.tls(), place.At("tls")) : CallerAuthorities();
  }

  CallerAuthorities BuildTls(const v1::ListenTls& from, const Place& place) {
    CallerAuthorities authorities = LoadCallerAuthorities(from, place, sources_);
    std::optional<KeyPair> pair = LoadKeyPair(from.cert_file(), from.key_file(), place, now_, sources_);
    if (!pair.has_value()) return authorities;
    ListenTls to;
    to.certificate_pem = std::move(pair->certificate_pem);
    to.private_key_pem = std::move(pair->private_key_pem);
    to.caller_ca_pem = authorities.Pem();
    to.api_keys_alone = from.api_keys_alone();
    snapshot_.listen.tls = std::move(to);
    return authorities;
  }

  void BuildProviders() {
    if (config_.providers().empty()) findings_.Fault("providers", "must hold at least one provider");
    Names names(findings_);
    for (int i = 0; i < config_.providers_size(); ++i) {
      const v1::Provider& provider = config_.providers(i);
      const std::string path = absl::StrCat("providers[", i, "]");
      names.Take(provider.name(), path + ".name");
      snapshot_.providers.push_back(BuildProvider(provider, path, now_, sources_, findings_));
    }
  }

  void BuildOwners() {
    if (config_.owners().empty()) {
      findings_.Fault("owners", "must hold at least one owner: what is not granted to one is denied");
    }
    Names names(findings_);
    for (int i = 0; i < config_.owners_size(); ++i) {
      const v1::Owner& owner = config_.owners(i);
      const Place place(absl::StrCat("owners[", i, "]"), findings_);
      names.Take(owner.name(), place.PathOf("name"));
      snapshot_.owners.push_back(BuildOwner(owner, place, config_, snapshot_.providers));
    }
  }

  void BuildRules() {
    auto rules = std::make_shared<providers::HouseRules>();
    BuildLimits(config_.limits(), Place("limits", findings_), snapshot_, *rules);
    BuildTokenRules(config_.access_tokens(), Place("access_tokens", findings_), now_, *rules);
    snapshot_.rules = std::move(rules);
    const Place place("audit", findings_);
    if (!config_.audit().file().empty()) snapshot_.audit.file = sources_.Absolute(config_.audit().file());
    ChooseInto(kWhenFull, config_.audit().when_full(), place.At("when_full"), snapshot_.audit.refuse_when_full);
  }

  void BuildDirectory(const CallerAuthorities& authorities) {
    callers::Directory::Options options;
    options.owners = snapshot_.owners;
    options.identities = BuildIdentities(config_, findings_);
    options.trust_domains = authorities.trust_domains;
    options.client_ca_pem = authorities.client_ca_pem;
    if (options.identities.empty()) WarnOfEverybody(authorities);
    if (!findings_.ok()) return;
    absl::StatusOr<std::shared_ptr<const callers::Directory>> directory =
        callers::Directory::Create(std::move(options));
    if (directory.ok()) {
      snapshot_.directory = *std::move(directory);
    } else {
      findings_.Fault("listen.tls", directory.status().message());
    }
  }

  // Without identities every caller is the owner `default`.
  void WarnOfEverybody(const CallerAuthorities& authorities) {
    const auto is_default = [](const v1::Owner& owner) { return owner.name() == "default"; };
    if (!config_.owners().empty() && std::none_of(config_.owners().begin(), config_.owners().end(), is_default)) {
      findings_.Warn("owners", "no owner is named default, and every caller is: all calls are denied");
    }
    if (authorities.client_ca_pem.empty() && authorities.trust_domains.empty()) return;
    findings_.Warn("listen.tls",
                   "callers are asked for certificates, but no owner has identities: whoever has one is "
                   "the owner default");
  }

  const v1::Config& config_;
  const absl::Time now_;
  Sources& sources_;
  Findings& findings_;
  Snapshot snapshot_;
};

// Whoever may write `file`, where the configuration is from, chooses what runs here.
void AllowPrograms(const v1::Config& config, const FileState* file, Sources& sources, Findings& findings) {
  NamedSources named = FindNamedSources(config);
  if (named.commands.empty()) return;
  const absl::Status trust = file == nullptr
                                 ? absl::OkStatus()
                                 : CheckOnlyOwnerWrites(file->owner, file->mode, ::geteuid(), "the configuration file");
  if (trust.ok()) {
    // Programs run as the same user and may look into /proc/PID/environ: what ProcessVariables has read is gone there.
    for (const std::string& name : named.variables) static_cast<void>(sources.Variable(name));
    sources.AllowPrograms(EnvironmentWithout(named.variables));
    return;
  }
  std::stable_sort(named.commands.begin(), named.commands.end(), [&](const std::string& a, const std::string& b) {
    const Position at_a = findings.PositionOf(a);
    const Position at_b = findings.PositionOf(b);
    return std::tie(at_a.line, at_a.column) < std::tie(at_b.line, at_b.column);
  });
  const std::string& first = named.commands.front();
  for (const std::string& path : named.commands) {
    findings.Fault(path, path == first ? absl::StrCat("is not run: ", trust.message())
                                       : absl::StrCat("is not run either: see ", first));
  }
}

// `name`: of the text, in mistakes. `file`: what the text was read from; null: no file.
Loaded Load(absl::string_view yaml, const std::string& name, const FileState* file, absl::Time now, Sources& sources) {
  Findings findings(name);
  YamlReading reading;
  reading.start_from = StartFromRecord;
  reading.discreet = {v1::SecretSource::descriptor(), v1::Command::descriptor(), v1::Keyring::descriptor()};
  v1::Config config;
  ReadYaml(yaml, reading, config, findings);
  Loaded loaded;
  if (!findings.HasFaultAt("")) {
    ForgetOrphans(findings, config);
    FillDefaults(findings, config);
    AllowPrograms(config, file, sources, findings);
    Snapshot snapshot = Loading(config, now, sources, findings).Build();
    if (findings.ok()) {
      loaded.snapshot = std::make_shared<const Snapshot>(std::move(snapshot));
      MakePathsAbsolute(sources, config);
      loaded.effective = PrintConfig(config);
    }
  }
  loaded.mistakes = findings.Faults();
  loaded.warnings = findings.warnings();
  loaded.files = sources.seen();
  return loaded;
}

}  // namespace

Loaded LoadText(absl::string_view yaml, const std::string& folder, absl::Time now, const ReadVariable& variable) {
  Sources sources(folder, variable);
  return Load(yaml, "config", nullptr, now, sources);
}

Loaded LoadFile(const std::string& file, absl::Time now, const ReadVariable& variable) {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::absolute(file, error);
  const std::string name = EscapeForPeople(file);
  Sources sources(error ? "/" : path.parent_path().string(), variable);
  const absl::StatusOr<Secret> text = sources.ReadFile(path.string(), FileKind::kPublic);
  if (text.ok()) {
    const FileState state = sources.seen().front().state;
    return Load(text->Reveal(), name, &state, now, sources);
  }
  Loaded loaded;
  loaded.mistakes.push_back({name, std::string(text.status().message())});
  loaded.files = sources.seen();
  return loaded;
}

std::string ToLines(const std::vector<Mistake>& mistakes) {
  std::string lines;
  for (const Mistake& mistake : mistakes) absl::StrAppend(&lines, ToString(mistake), "\n");
  return lines;
}

}  // namespace oauth1d::config
