#include "server/callers/directory.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/failure.h"
#include "server/callers/api_keys.h"
#include "server/callers/certificate_verifier.h"

namespace oauth1d::callers {
namespace {

using OwnerPointer = std::shared_ptr<const providers::Owner>;

OwnerPointer FindOwner(const std::vector<OwnerPointer>& owners, absl::string_view name) {
  for (const OwnerPointer& owner : owners) {
    if (owner->name == name) return owner;
  }
  return nullptr;
}

bool AsksForCertificate(const Identity& identity) { return !identity.spiffe_id.empty() || !identity.dns_name.empty(); }

// What a call shows. What is null or missing was not shown, or proves nothing.
struct Proofs {
  std::shared_ptr<const CertificateIdentity> certificate;
  std::optional<Sha256Digest> key;
};

bool Proves(const CertificateIdentity& certificate, const Identity& identity) {
  if (!identity.spiffe_id.empty() && certificate.spiffe_id != identity.spiffe_id) return false;
  return identity.dns_name.empty() || std::find(certificate.dns_names.begin(), certificate.dns_names.end(),
                                                identity.dns_name) != certificate.dns_names.end();
}

std::string NameFor(const Identity& identity, const Proofs& proofs) {
  std::vector<std::string> names;
  if (!identity.spiffe_id.empty()) names.push_back(identity.spiffe_id);
  if (!identity.dns_name.empty()) names.push_back(identity.dns_name);
  if (!identity.api_keys.empty()) names.push_back(NameOfKey(*proofs.key));
  return absl::StrJoin(names, "+");
}

}  // namespace

struct Directory::State {
  struct Entry {
    Identity identity;
    OwnerPointer owner;
  };

  std::vector<OwnerPointer> owners;
  OwnerPointer default_owner;  // null: there is none
  std::vector<Entry> entries;
  std::unique_ptr<CertificateVerifier> verifier;
  // What at least one identity asks for. What none asks for is not looked at.
  bool certificates = false;
  bool keys = false;
  bool keys_alone = false;
  bool keys_beside_certificates = false;

  // The first whose identity asks for all that was shown, and that is proven by it. Null: none.
  const Entry* Find(const Proofs& proofs, bool certificate_shown, bool key_shown) const;
  // Depends on what was shown and on the configuration alone, not on whether any of it is right.
  absl::string_view WhyNot(bool certificate_shown, bool key_shown) const;
};

const Directory::State::Entry* Directory::State::Find(const Proofs& proofs, bool certificate_shown,
                                                      bool key_shown) const {
  const Entry* found = nullptr;
  for (const Entry& entry : entries) {
    // First, for every entry: how long this takes must not tell whose key it is.
    const bool key_proven = proofs.key.has_value() && IsAmong(*proofs.key, entry.identity.api_keys);
    const bool asks_for_key = !entry.identity.api_keys.empty();
    const bool asks_for_certificate = AsksForCertificate(entry.identity);
    if (found != nullptr || (!asks_for_key && !asks_for_certificate)) continue;
    if (asks_for_key != key_shown || asks_for_certificate != certificate_shown) continue;
    if (asks_for_key && !key_proven) continue;
    if (asks_for_certificate && (proofs.certificate == nullptr || !Proves(*proofs.certificate, entry.identity))) {
      continue;
    }
    found = &entry;
  }
  return found;
}

absl::string_view Directory::State::WhyNot(bool certificate_shown, bool key_shown) const {
  if (certificate_shown && key_shown) return "the client certificate and the API key do not prove a known caller";
  if (certificate_shown) {
    return keys_beside_certificates ? "the client certificate proves no known caller, or the API key is missing"
                                    : "the client certificate proves no known caller";
  }
  if (key_shown && keys_alone) return "the API key is unknown, or a client certificate is missing";
  return keys_alone ? "a client certificate or an API key is required, over TLS" : "a client certificate is required";
}

absl::StatusOr<std::shared_ptr<const Directory>> Directory::Create(Options options) {
  auto state = std::make_unique<State>();
  absl::StatusOr<std::unique_ptr<CertificateVerifier>> verifier =
      CertificateVerifier::Create(options.trust_domains, options.client_ca_pem);
  if (!verifier.ok()) return verifier.status();
  state->verifier = *std::move(verifier);
  for (Identity& identity : options.identities) {
    OwnerPointer owner = FindOwner(options.owners, identity.owner);
    if (owner == nullptr) return absl::InvalidArgumentError(absl::StrCat("no owner named ", identity.owner));
    const bool certificate = AsksForCertificate(identity);
    const bool key = !identity.api_keys.empty();
    state->certificates |= certificate;
    state->keys |= key;
    state->keys_alone |= key && !certificate;
    state->keys_beside_certificates |= key && certificate;
    state->entries.push_back({std::move(identity), std::move(owner)});
  }
  state->default_owner = FindOwner(options.owners, "default");
  state->owners = std::move(options.owners);
  return std::shared_ptr<const Directory>(new Directory(std::move(state)));
}

Directory::Directory(std::unique_ptr<State> state) : state_(std::move(state)) {}
Directory::~Directory() = default;

absl::StatusOr<Caller> Directory::Identify(const Peer& peer, absl::Time now) const {
  if (state_->entries.empty()) {
    if (state_->default_owner != nullptr) return Caller{state_->default_owner, "anyone"};
    return Fail(Reason::kCallerUnknown, "the configuration has no owner named default, and no owner has identities");
  }
  // Without TLS nothing proves anything: a key alone could have been read on its way.
  const bool certificate_shown = peer.tls && state_->certificates && !peer.certificate_chain_pem.empty();
  const bool key_shown = peer.tls && state_->keys && !peer.authorization.empty();
  Proofs proofs;
  if (certificate_shown) proofs.certificate = state_->verifier->Verify(peer.certificate_chain_pem, now);
  if (key_shown) proofs.key = DigestOfShownKey(peer.authorization);
  const State::Entry* const entry = state_->Find(proofs, certificate_shown, key_shown);
  if (entry == nullptr) return Fail(Reason::kCallerUnknown, state_->WhyNot(certificate_shown, key_shown));
  return Caller{entry->owner, NameFor(entry->identity, proofs)};
}

bool Directory::has_identities() const { return !state_->entries.empty(); }

const std::vector<std::shared_ptr<const providers::Owner>>& Directory::owners() const { return state_->owners; }

}  // namespace oauth1d::callers
