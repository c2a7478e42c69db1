#include "server/config/loader.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "oauth1d/config/v1/config.pb.h"
#include "server/base/failure.h"
#include "server/config/addresses.h"
#include "server/config/defaults.h"
#include "server/config/keyring_loader.h"
#include "server/config/names.h"
#include "server/config/owner_builder.h"
#include "server/config/printer.h"
#include "server/config/provider_builder.h"
#include "server/config/record_overlay.h"
#include "server/config/secret_source.h"
#include "server/config/tls_files.h"
#include "server/config/yaml_to_proto.h"

namespace oauth1d::config {
namespace {

constexpr absl::Duration kLongestDrainDelay = absl::Seconds(60);

std::string At(absl::string_view list, int i) { return absl::StrCat(list, "[", i, "]"); }

std::string Quoted(absl::string_view text) { return absl::StrCat("\"", EscapeForPeople(text, 128), "\""); }

class Loading {
 public:
  Loading(const v1::Config& config, absl::Time now, const Sources& sources, Findings& findings)
      : config_(config), now_(now), sources_(sources), findings_(findings) {}

  Snapshot Build() {
    BuildListen();
    BuildStore();
    snapshot_.keyring = LoadKeyring(config_.keyring(), sources_, findings_);
    BuildProviders();
    BuildOwners();
    return std::move(snapshot_);
  }

 private:
  void BuildListen() {
    const v1::Listen& from = config_.listen();
    Listen& to = snapshot_.listen;
    to.address = from.address();
    if (absl::Status status = CheckListenAddress(to.address); !status.ok()) {
      findings_.Fault("listen.address", absl::StrCat(status.message(), ", not ", Quoted(to.address)));
    }
    to.drain_delay = absl::Seconds(from.drain_delay().seconds()) + absl::Nanoseconds(from.drain_delay().nanos());
    if (to.drain_delay > kLongestDrainDelay) findings_.Fault("listen.drain_delay", "must be from 0s to 60s");
    to.reflection = from.reflection();
    if (from.has_tls()) to.tls = LoadListenTls(from.tls(), "listen.tls", now_, sources_, findings_);
  }

  void BuildStore() {
    if (!config_.store().has_redis()) return;
    const v1::RedisStore& from = config_.store().redis();
    RedisOptions to;
    to.address = from.address();
    to.username = from.username();
    if (to.address.empty()) {
      findings_.Fault("store.redis.address", "is required: host:port or unix:/path");
    } else if (absl::Status status = CheckServerAddress(to.address); !status.ok()) {
      findings_.Fault("store.redis.address", absl::StrCat(status.message(), ", not ", Quoted(to.address)));
    }
    if (from.has_password()) {
      to.password = ReadSecret(from.password(), "store.redis.password", sources_, findings_);
    } else if (!to.username.empty()) {
      findings_.Fault("store.redis.username", "needs a password beside it: {file: path} or {env: NAME}");
    }
    snapshot_.store.redis = std::move(to);
  }

  void BuildProviders() {
    if (config_.providers().empty()) findings_.Fault("providers", "must hold at least one provider");
    Names names(findings_);
    for (int i = 0; i < config_.providers_size(); ++i) {
      const v1::Provider& provider = config_.providers(i);
      const std::string path = At("providers", i);
      names.Take(provider.name(), path + ".name");
      snapshot_.providers.push_back(BuildProvider(provider, path, now_, sources_, findings_));
    }
  }

  void BuildOwners() {
    if (config_.owners().empty()) {
      findings_.Fault("owners", "must hold at least one owner: what is not granted to one is denied");
    }
    Names names(findings_);
    bool has_default = config_.owners().empty();
    for (int i = 0; i < config_.owners_size(); ++i) {
      const v1::Owner& owner = config_.owners(i);
      const std::string path = At("owners", i);
      names.Take(owner.name(), path + ".name");
      has_default = has_default || owner.name() == "default";
      snapshot_.owners.push_back(BuildOwner(owner, path, config_, snapshot_.providers, findings_));
    }
    if (!has_default) findings_.Warn("owners", "no owner is named default, and every caller is: all calls are denied");
  }

  const v1::Config& config_;
  const absl::Time now_;
  const Sources& sources_;
  Findings& findings_;
  Snapshot snapshot_;
};

}  // namespace

Loaded LoadText(absl::string_view yaml, const std::string& folder, absl::Time now, const ReadVariable& variable) {
  Findings findings("config");
  YamlReading reading;
  reading.start_from = StartFromRecord;
  reading.discreet = {v1::SecretSource::descriptor(), v1::Keyring::descriptor()};
  v1::Config config;
  ReadYaml(yaml, reading, config, findings);
  Loaded loaded;
  if (!findings.HasFaultAt("")) {
    const Sources sources(folder, variable);
    ForgetOrphans(findings, config);
    FillDefaults(config);
    Snapshot snapshot = Loading(config, now, sources, findings).Build();
    if (findings.ok()) {
      loaded.snapshot = std::make_shared<const Snapshot>(std::move(snapshot));
      MakePathsAbsolute(sources, config);
      loaded.effective = PrintConfig(config);
    }
  }
  loaded.mistakes = findings.Faults();
  loaded.warnings = findings.warnings();
  return loaded;
}

Loaded LoadFile(const std::string& file, absl::Time now, const ReadVariable& variable) {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::absolute(file, error);
  const std::string folder = error ? "/" : path.parent_path().string();
  const absl::StatusOr<FileText> text = Sources(folder, variable).ReadFile(path.string(), FileKind::kPublic);
  if (text.ok()) return LoadText(text->text.Reveal(), folder, now, variable);
  Loaded loaded;
  loaded.mistakes.push_back({EscapeForPeople(file), std::string(text.status().message())});
  return loaded;
}

std::string ToLines(const std::vector<Mistake>& mistakes) {
  std::string lines;
  for (const Mistake& mistake : mistakes) absl::StrAppend(&lines, ToString(mistake), "\n");
  return lines;
}

}  // namespace oauth1d::config
