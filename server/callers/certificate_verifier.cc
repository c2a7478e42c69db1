#include "server/callers/certificate_verifier.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/callers/sha256.h"
#include "server/callers/shown_chains.h"

namespace oauth1d::callers {
namespace {

constexpr size_t kMostKept = 1024;
constexpr size_t kLongestChain = 16;
constexpr absl::string_view kEnd = "-----END CERTIFICATE-----";

absl::string_view LeafOf(absl::string_view chain_pem) {
  const size_t end = chain_pem.find(kEnd);
  return end == chain_pem.npos ? chain_pem : chain_pem.substr(0, end + kEnd.size());
}

}  // namespace

absl::StatusOr<std::unique_ptr<CertificateVerifier>> CertificateVerifier::Create(
    const std::vector<TrustDomain>& trust_domains, absl::string_view client_ca_pem) {
  std::unique_ptr<CertificateVerifier> verifier(new CertificateVerifier());
  for (const TrustDomain& domain : trust_domains) {
    absl::StatusOr<TrustBundle> bundle = TrustBundle::Create(domain.ca_pem);
    if (!bundle.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("the bundle of trust domain ", domain.name, ": ", bundle.status().message()));
    }
    verifier->trust_domains_.emplace(domain.name, *std::move(bundle));
  }
  if (client_ca_pem.empty()) return verifier;
  absl::StatusOr<TrustBundle> bundle = TrustBundle::Create(client_ca_pem);
  if (!bundle.ok()) return absl::InvalidArgumentError(absl::StrCat("the client CAs: ", bundle.status().message()));
  verifier->client_ca_ = *std::move(bundle);
  return verifier;
}

std::shared_ptr<const CertificateIdentity> CertificateVerifier::Verify(absl::string_view chain_pem, absl::Time now) {
  const Sha256Digest leaf = Sha256(LeafOf(chain_pem));
  if (std::shared_ptr<const CertificateIdentity> known = Recall(leaf, now)) return known;
  ShownChains& shown = ShownChains::OfThisProcess();
  std::optional<Verified> verified = VerifyAnew(chain_pem, now);
  if (verified.has_value()) {
    if (LeafOf(chain_pem) != absl::StripTrailingAsciiWhitespace(chain_pem)) shown.Keep(leaf, std::string(chain_pem));
  } else {
    verified = VerifyAnew(shown.Find(leaf), now);
  }
  if (!verified.has_value()) return nullptr;  // not kept: with another chain, or later, it may be well
  std::shared_ptr<const CertificateIdentity> identity = verified->identity;
  Keep(leaf, *std::move(verified));
  return identity;
}

int64_t CertificateVerifier::verifications() const {
  const absl::MutexLock lock(&mutex_);
  return verifications_;
}

std::shared_ptr<const CertificateIdentity> CertificateVerifier::Recall(const Sha256Digest& leaf, absl::Time now) {
  const absl::MutexLock lock(&mutex_);
  const auto found = kept_.find(leaf);
  if (found != kept_.end() && found->second.validity.Includes(now)) return found->second.identity;
  ++verifications_;
  return nullptr;
}

void CertificateVerifier::Keep(const Sha256Digest& leaf, Verified verified) {
  const absl::MutexLock lock(&mutex_);
  if (kept_.insert_or_assign(leaf, std::move(verified)).second) order_.push_back(leaf);
  if (order_.size() <= kMostKept) return;
  kept_.erase(order_.front());
  order_.pop_front();
}

std::optional<CertificateVerifier::Verified> CertificateVerifier::VerifyAnew(absl::string_view chain_pem,
                                                                             absl::Time now) const {
  const std::vector<CertificatePointer> chain = ParseCertificates(chain_pem);
  if (chain.empty() || chain.size() > kLongestChain) return std::nullopt;
  std::optional<CertificateIdentity> identity = ReadIdentity(*chain.front());
  if (!identity.has_value()) return std::nullopt;
  const TrustBundle* const voucher = VoucherFor(*identity);
  if (voucher == nullptr) return std::nullopt;
  const std::optional<Validity> validity = voucher->Verify(chain, now);
  if (!validity.has_value()) return std::nullopt;
  return Verified{std::make_shared<const CertificateIdentity>(*std::move(identity)), *validity};
}

const TrustBundle* CertificateVerifier::VoucherFor(const CertificateIdentity& identity) const {
  if (identity.spiffe_id.empty()) return client_ca_.has_value() ? &*client_ca_ : nullptr;
  const auto found = trust_domains_.find(TrustDomainOf(identity.spiffe_id));
  return found == trust_domains_.end() ? nullptr : &found->second;
}

}  // namespace oauth1d::callers
