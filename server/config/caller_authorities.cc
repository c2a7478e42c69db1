#include "server/config/caller_authorities.h"

#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/config/spiffe_id.h"
#include "server/config/tls_files.h"

namespace oauth1d::config {
namespace {

void Append(const std::string& pem, std::string& all) {
  if (!all.empty() && !absl::EndsWith(all, "\n")) all.push_back('\n');
  absl::StrAppend(&all, pem);
}

void CheckName(const std::string& name, const Place& at, std::map<std::string, std::string>& paths) {
  if (name.empty()) {
    at.Fault("name", "is required: what stands behind spiffe:// in the IDs of its members");
  } else if (absl::Status status = CheckTrustDomain(name); !status.ok()) {
    at.Fault("name", absl::StrCat(Quoted(name), ": ", status.message()));
  } else if (const auto [first, is_new] = paths.emplace(name, at.PathOf("name")); !is_new) {
    at.Fault("name", absl::StrCat("the trust domain ", name, " is described by ", first->second, " already"));
  }
}

}  // namespace

std::string CallerAuthorities::Pem() const {
  std::string all = client_ca_pem;
  for (const callers::TrustDomain& domain : trust_domains) Append(domain.ca_pem, all);
  return all;
}

CallerAuthorities LoadCallerAuthorities(const v1::ListenTls& tls, const Place& place, Sources& sources) {
  CallerAuthorities result;
  if (!tls.client_ca_file().empty()) {
    result.client_ca_pem = LoadCaFile(tls.client_ca_file(), place.PathOf("client_ca_file"), sources, place.findings());
  }
  std::map<std::string, std::string> paths;
  for (int i = 0; i < tls.trust_domains_size(); ++i) {
    const v1::TrustDomain& from = tls.trust_domains(i);
    const Place at = place.At("trust_domains", i);
    CheckName(from.name(), at, paths);
    callers::TrustDomain domain;
    domain.name = from.name();
    if (from.ca_file().empty()) {
      at.Fault("ca_file", "is required: the trust domain's bundle, PEM");
    } else {
      domain.ca_pem = LoadCaFile(from.ca_file(), at.PathOf("ca_file"), sources, at.findings());
    }
    result.trust_domains.push_back(std::move(domain));
  }
  return result;
}

}  // namespace oauth1d::config
