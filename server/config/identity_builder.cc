#include "server/config/identity_builder.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/config/near_miss.h"
#include "server/config/place.h"
#include "server/config/spiffe_id.h"

namespace oauth1d::config {
namespace {

using callers::Identity;

constexpr int kMostKeys = 2;

bool AsksForCertificate(const Identity& identity) { return !identity.spiffe_id.empty() || !identity.dns_name.empty(); }

absl::Status CheckDnsName(absl::string_view name) {
  if (absl::StrContains(name, '*')) {
    return absl::InvalidArgumentError("is a wildcard, which nobody could be told apart by: write the name out");
  }
  const auto plain = [](char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_'; };
  bool good = name.size() <= 253;
  for (const absl::string_view label : absl::StrSplit(name, '.')) {
    good = good && !label.empty() && label.size() <= 63 && std::all_of(label.begin(), label.end(), plain);
  }
  return good ? absl::OkStatus() : absl::InvalidArgumentError("is no DNS name, as certificates write them");
}

class Builder {
 public:
  explicit Builder(const v1::Config& config) : tls_(config.listen().tls()), has_tls_(config.listen().has_tls()) {
    for (const v1::TrustDomain& domain : tls_.trust_domains()) trust_domains_.push_back(domain.name());
  }

  Identity Build(const v1::Identity& from, const std::string& owner, const Place& at) const {
    Identity to;
    to.owner = owner;
    to.spiffe_id = from.spiffe_id();
    to.dns_name = absl::AsciiStrToLower(from.dns_name());
    const bool has_certificate = AsksForCertificate(to);
    if (!has_certificate && from.api_key_sha256().empty()) {
      at.Fault("asks for nothing: set spiffe_id, dns_name or api_key_sha256");
    } else if (!has_tls_) {
      at.Fault("needs listen.tls: without it callers can prove nothing");
    }
    if (!to.spiffe_id.empty()) CheckSpiffe(to.spiffe_id, at);
    if (!to.spiffe_id.empty() && !to.dns_name.empty()) {
      at.Fault("dns_name",
               "can never hold beside spiffe_id: a certificate with a SPIFFE ID does not count by its names");
    }
    if (!to.dns_name.empty()) CheckDns(from.dns_name(), at);
    BuildKeys(from, at, to);
    if (!has_certificate && !tls_.api_keys_alone()) {
      at.Fault("api_key_sha256",
               "needs a spiffe_id or dns_name beside it, or listen.tls.api_keys_alone: true, which takes keys alone");
    }
    return to;
  }

 private:
  void CheckSpiffe(const std::string& id, const Place& at) const {
    const absl::StatusOr<absl::string_view> domain = TrustDomainOf(id);
    if (!domain.ok()) {
      at.Fault("spiffe_id", absl::StrCat(Quoted(id), ": ", domain.status().message()));
    } else if (std::find(trust_domains_.begin(), trust_domains_.end(), *domain) == trust_domains_.end()) {
      at.Fault("spiffe_id", absl::StrCat("its trust domain ", *domain, " is none of listen.tls.trust_domains",
                                         Suggestion(*domain, trust_domains_)));
    }
  }

  void CheckDns(const std::string& name, const Place& at) const {
    if (absl::Status status = CheckDnsName(name); !status.ok()) {
      at.Fault("dns_name", absl::StrCat(Quoted(name), " ", status.message()));
    } else if (tls_.client_ca_file().empty()) {
      at.Fault("dns_name", "needs listen.tls.client_ca_file: it vouches for DNS names");
    }
  }

  // What stands there may be a key in place of its digest: it is not repeated.
  static void BuildKeys(const v1::Identity& from, const Place& at, Identity& to) {
    if (from.api_key_sha256_size() > kMostKeys)
      at.Fault("api_key_sha256", "must hold two at most: the new and the old");
    for (int i = 0; i < from.api_key_sha256_size(); ++i) {
      const std::string& text = from.api_key_sha256(i);
      callers::Sha256Digest digest{};
      const bool good = text.size() == 2 * digest.size() &&
                        std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isxdigit(c); });
      if (!good) {
        at.At("api_key_sha256", i)
            .Fault("must be 64 hexadecimal digits, the SHA-256 of a key: oauth1ctl api-key new makes both");
        continue;
      }
      const std::string bytes = absl::HexStringToBytes(text);
      std::copy(bytes.begin(), bytes.end(), digest.begin());
      if (std::find(to.api_keys.begin(), to.api_keys.end(), digest) != to.api_keys.end()) {
        at.At("api_key_sha256", i).Fault("stands here a second time");
      }
      to.api_keys.push_back(digest);
    }
  }

  const v1::ListenTls& tls_;
  const bool has_tls_;
  std::vector<std::string> trust_domains_;
};

// Of one thing that both may ask for.
struct Overlap {
  bool possible = true;  // the same proof may fit both
  bool shared = false;   // because both ask for it
};

template <typename Value>
Overlap OverlapOf(const Value& a, const Value& b) {
  return {a.empty() || b.empty() || a == b, !a.empty() && a == b};
}

Overlap OverlapOf(const std::vector<callers::Sha256Digest>& a, const std::vector<callers::Sha256Digest>& b) {
  const bool shared = std::find_first_of(a.begin(), a.end(), b.begin(), b.end()) != a.end();
  return {a.empty() || b.empty() || shared, shared};
}

// Whether the same proof may fit both. Who shows a key beside a certificate is another caller than who shows only one
// of them (see callers::Directory).
bool FitsBoth(const Identity& a, const Identity& b) {
  if (AsksForCertificate(a) != AsksForCertificate(b) || a.api_keys.empty() != b.api_keys.empty()) return false;
  const Overlap spiffe_id = OverlapOf(a.spiffe_id, b.spiffe_id);
  const Overlap dns_name = OverlapOf(a.dns_name, b.dns_name);
  const Overlap keys = OverlapOf(a.api_keys, b.api_keys);
  return spiffe_id.possible && dns_name.possible && keys.possible &&
         (spiffe_id.shared || dns_name.shared || keys.shared);
}

void CheckApart(const std::vector<Identity>& identities, const std::vector<Place>& places) {
  for (size_t i = 0; i < identities.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (identities[i].owner == identities[j].owner || !FitsBoth(identities[i], identities[j])) continue;
      places[i].Fault(absl::StrCat("may be proven by the same caller as ", places[j].path(), ", which is the owner ",
                                   identities[j].owner, "'s: a caller is one owner"));
      break;
    }
  }
}

// Where callers have identities, who has none is nobody, unless others act for it.
void WarnOfNobody(const v1::Config& config, Findings& findings) {
  std::set<std::string> opened;
  for (const v1::Owner& owner : config.owners()) opened.insert(owner.also_opens().begin(), owner.also_opens().end());
  for (int i = 0; i < config.owners_size(); ++i) {
    if (!config.owners(i).identities().empty() || opened.contains(config.owners(i).name())) continue;
    findings.Warn(absl::StrCat("owners[", i, "]"), "has no identities, while other owners have: nobody is this owner");
  }
}

}  // namespace

std::vector<Identity> BuildIdentities(const v1::Config& config, Findings& findings) {
  const Builder builder(config);
  std::vector<Identity> identities;
  std::vector<Place> places;
  for (int i = 0; i < config.owners_size(); ++i) {
    const v1::Owner& owner = config.owners(i);
    for (int j = 0; j < owner.identities_size(); ++j) {
      places.push_back(Place(absl::StrCat("owners[", i, "]"), findings).At("identities", j));
      identities.push_back(builder.Build(owner.identities(j), owner.name(), places.back()));
    }
  }
  CheckApart(identities, places);
  if (!identities.empty()) WarnOfNobody(config, findings);
  return identities;
}

}  // namespace oauth1d::config
