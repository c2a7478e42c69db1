#include "server/config/tls_files.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/config/secret_source.h"

namespace oauth1d::config {
namespace {

template <auto Free>
struct Freeing {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPointer = std::unique_ptr<BIO, Freeing<BIO_free_all>>;
using CertificatePointer = std::unique_ptr<X509, Freeing<X509_free>>;
using KeyPointer = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;

BioPointer Reader(absl::string_view text) {
  return BioPointer(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Empty if there is none, or one of them is damaged.
std::vector<CertificatePointer> ParseCertificates(absl::string_view pem) {
  const BioPointer reader = Reader(pem);
  std::vector<CertificatePointer> certificates;
  while (X509* const certificate = PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr)) {
    certificates.emplace_back(certificate);
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end) certificates.clear();
  return certificates;
}

// Never asks at the terminal.
int NoPassphrase(char*, int, int, void*) { return -1; }

KeyPointer ParseKey(const Secret& pem) {
  const BioPointer reader = Reader(pem.Reveal());
  KeyPointer key(PEM_read_bio_PrivateKey(reader.get(), nullptr, NoPassphrase, nullptr));
  ERR_clear_error();
  return key;
}

void CheckDates(const X509& certificate, const std::string& path, absl::Time now, Findings& findings) {
  time_t moment = absl::ToTimeT(now);
  time_t soon = absl::ToTimeT(now + absl::Hours(14 * 24));
  if (X509_cmp_time(X509_get0_notAfter(&certificate), &moment) < 0) {
    findings.Warn(path, "the certificate has expired: callers will refuse it");
  } else if (X509_cmp_time(X509_get0_notAfter(&certificate), &soon) < 0) {
    findings.Warn(path, "the certificate expires within two weeks");
  } else if (X509_cmp_time(X509_get0_notBefore(&certificate), &moment) > 0) {
    findings.Warn(path, "the certificate is not valid yet: callers will refuse it");
  }
}

}  // namespace

std::optional<KeyPair> LoadKeyPair(const std::string& cert_file, const std::string& key_file, const Place& place,
                                   absl::Time now, Sources& sources) {
  KeyPair result;
  std::vector<CertificatePointer> chain;
  KeyPointer key;
  if (cert_file.empty()) {
    place.Fault("cert_file", "is required: the certificate chain, PEM");
  } else {
    const std::string path = place.PathOf("cert_file");
    const Secret text = ReadFileAt(cert_file, FileKind::kPublic, path, sources, place.findings());
    result.certificate_pem = std::string(text.Reveal());
    chain = ParseCertificates(text.Reveal());
    if (chain.empty()) place.Fault("cert_file", "the file holds no certificate in PEM, or a damaged one");
  }
  if (key_file.empty()) {
    place.Fault("key_file", "is required: the private key of cert_file, PEM");
  } else {
    const std::string path = place.PathOf("key_file");
    result.private_key_pem = ReadFileAt(key_file, FileKind::kSecret, path, sources, place.findings());
    key = ParseKey(result.private_key_pem);
    const bool encrypted = absl::StrContains(result.private_key_pem.Reveal(), "ENCRYPTED");
    if (key == nullptr) {
      place.Fault("key_file", encrypted ? "the private key has a passphrase: store it without one"
                                        : "the file holds no private key in PEM, or a damaged one");
    }
  }
  if (chain.empty() || key == nullptr) return std::nullopt;
  const bool belongs = X509_check_private_key(chain.front().get(), key.get()) == 1;
  ERR_clear_error();
  if (!belongs) {
    place.Fault("key_file", "the private key does not belong to the first certificate of cert_file");
    return std::nullopt;
  }
  CheckDates(*chain.front(), place.PathOf("cert_file"), now, place.findings());
  return result;
}

std::string LoadCaFile(const std::string& file, const std::string& path, Sources& sources, Findings& findings) {
  const Secret text = ReadFileAt(file, FileKind::kPublic, path, sources, findings);
  if (ParseCertificates(text.Reveal()).empty()) {
    findings.Fault(path, "the file holds no certificate in PEM, or a damaged one");
    return "";
  }
  return std::string(text.Reveal());
}

}  // namespace oauth1d::config
