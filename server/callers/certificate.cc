#include "server/callers/certificate.h"

#include <openssl/pem.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace oauth1d::callers {
namespace {

constexpr absl::string_view kScheme = "spiffe://";
constexpr size_t kLongestSpiffeId = 2048;    // SPIFFE-ID, section 2.3
constexpr size_t kLongestTrustDomain = 255;  // SPIFFE-ID, section 2.3

bool IsTrustDomainCharacter(char c) {
  return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '.' || c == '-' || c == '_';
}

bool IsPathSegment(absl::string_view segment) {
  return !segment.empty() && segment != "." && segment != ".." &&
         std::all_of(segment.begin(), segment.end(),
                     [](char c) { return IsTrustDomainCharacter(c) || absl::ascii_isupper(c); });
}

bool MaySignCertificates(X509& leaf) {
  const uint32_t flags = X509_get_extension_flags(&leaf);
  if ((flags & (EXFLAG_CA | EXFLAG_INVALID)) != 0) return true;
  return (flags & EXFLAG_KUSAGE) != 0 && (X509_get_key_usage(&leaf) & (KU_KEY_CERT_SIGN | KU_CRL_SIGN)) != 0;
}

absl::string_view TextOf(const ASN1_IA5STRING& text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(&text)), static_cast<size_t>(ASN1_STRING_length(&text))};
}

}  // namespace

std::vector<CertificatePointer> ParseCertificates(absl::string_view pem) {
  const OpenSslErrors errors;
  const BioPointer reader(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::vector<CertificatePointer> certificates;
  while (X509* const certificate = PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr)) {
    certificates.emplace_back(certificate);
  }
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) certificates.clear();
  return certificates;
}

absl::Time TimeOf(const ASN1_TIME* time) {
  std::tm broken_down{};
  if (ASN1_TIME_to_tm(time, &broken_down) != 1) return absl::InfinitePast();
  return absl::FromTM(broken_down, absl::UTCTimeZone());
}

std::optional<absl::Time> EarliestEnd(absl::string_view pem) {
  const std::vector<CertificatePointer> certificates = ParseCertificates(pem);
  if (certificates.empty()) return std::nullopt;
  absl::Time earliest = absl::InfiniteFuture();
  for (const CertificatePointer& certificate : certificates) {
    earliest = std::min(earliest, TimeOf(X509_get0_notAfter(certificate.get())));
  }
  return earliest;
}

std::optional<CertificateIdentity> ReadIdentity(X509& leaf) {
  const OpenSslErrors errors;
  if (MaySignCertificates(leaf)) return std::nullopt;
  int found = 0;
  const GeneralNamesPointer names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&leaf, NID_subject_alt_name, &found, nullptr)));
  if (names == nullptr) {
    if (found == -1) return CertificateIdentity();
    return std::nullopt;  // it is damaged, or stands there twice
  }
  CertificateIdentity identity;
  std::vector<absl::string_view> uris;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_URI) uris.push_back(TextOf(*name->d.uniformResourceIdentifier));
    if (name->type != GEN_DNS) continue;
    const absl::string_view dns_name = TextOf(*name->d.dNSName);
    if (!absl::StrContains(dns_name, '*')) identity.dns_names.push_back(absl::AsciiStrToLower(dns_name));
  }
  if (!std::any_of(uris.begin(), uris.end(),
                   [](absl::string_view uri) { return absl::StartsWithIgnoreCase(uri, kScheme); })) {
    return identity;
  }
  if (uris.size() != 1 || TrustDomainOf(uris.front()).empty()) return std::nullopt;
  return CertificateIdentity{.spiffe_id = std::string(uris.front())};
}

absl::string_view TrustDomainOf(absl::string_view spiffe_id) {
  if (spiffe_id.size() > kLongestSpiffeId || !absl::ConsumePrefix(&spiffe_id, kScheme)) return "";
  const size_t end = std::min(spiffe_id.find('/'), spiffe_id.size());
  const absl::string_view domain = spiffe_id.substr(0, end);
  if (domain.size() > kLongestTrustDomain || !std::all_of(domain.begin(), domain.end(), IsTrustDomainCharacter)) {
    return "";
  }
  if (end == spiffe_id.size()) return domain;
  for (const absl::string_view segment : absl::StrSplit(spiffe_id.substr(end + 1), '/')) {
    if (!IsPathSegment(segment)) return "";
  }
  return domain;
}

}  // namespace oauth1d::callers
