#include "server/callers/trust_bundle.h"

#include <algorithm>
#include <ctime>

#include "server/callers/certificate.h"

namespace oauth1d::callers {
namespace {

constexpr int kDeepestChain = 8;
constexpr int kAuthLevel = 2;  // 112 bits and no SHA-1, as TLS itself asks for

Validity ValidityOf(STACK_OF(X509) * chain) {
  Validity validity{.from = absl::InfinitePast(), .until = absl::InfiniteFuture()};
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    const X509* const certificate = sk_X509_value(chain, i);
    validity.from = std::max(validity.from, TimeOf(X509_get0_notBefore(certificate)));
    validity.until = std::min(validity.until, TimeOf(X509_get0_notAfter(certificate)));
  }
  return validity;
}

}  // namespace

absl::StatusOr<TrustBundle> TrustBundle::Create(absl::string_view pem) {
  const OpenSslErrors errors;
  const std::vector<CertificatePointer> certificates = ParseCertificates(pem);
  if (certificates.empty()) return absl::InvalidArgumentError("no certificate in PEM, or a damaged one");
  StorePointer store(X509_STORE_new());
  for (const CertificatePointer& certificate : certificates) {
    if (X509_STORE_add_cert(store.get(), certificate.get()) != 1) {
      return absl::InvalidArgumentError("a certificate that cannot be used");
    }
  }
  return TrustBundle(std::move(store));
}

std::optional<Validity> TrustBundle::Verify(const std::vector<CertificatePointer>& chain, absl::Time now) const {
  const OpenSslErrors errors;
  const StackPointer others(sk_X509_new_null());
  for (size_t i = 1; i < chain.size(); ++i) sk_X509_push(others.get(), chain[i].get());
  const StoreContextPointer context(X509_STORE_CTX_new());
  if (chain.empty() || X509_STORE_CTX_init(context.get(), store_.get(), chain.front().get(), others.get()) != 1) {
    return std::nullopt;
  }
  X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_CLIENT);
  X509_VERIFY_PARAM_set_time(rules, absl::ToTimeT(now));
  X509_VERIFY_PARAM_set_depth(rules, kDeepestChain);
  X509_VERIFY_PARAM_set_auth_level(rules, kAuthLevel);
  if (X509_verify_cert(context.get()) != 1) return std::nullopt;
  const Validity validity = ValidityOf(X509_STORE_CTX_get0_chain(context.get()));
  if (!validity.Includes(now)) return std::nullopt;
  return validity;
}

}  // namespace oauth1d::callers
