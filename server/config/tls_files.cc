#include "server/config/tls_files.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/openssl_objects.h"
#include "server/callers/certificate.h"
#include "server/config/secret_source.h"

namespace oauth1d::config {
namespace {

using callers::ParseCertificates;

// Never asks at the terminal.
int NoPassphrase(char*, int, int, void*) { return -1; }

PkeyPointer ParseKey(const Secret& pem) {
  const BioPointer reader = ReadOnlyBio(pem.Reveal());
  PkeyPointer key(PEM_read_bio_PrivateKey(reader.get(), nullptr, NoPassphrase, nullptr));
  ERR_clear_error();
  return key;
}

// What a handshake would find out too late: a key that is too short, a signature of SHA-1, a curve that nobody offers.
// Empty: nothing. As gRPC sets it up.
std::string WhyOpenSslRefuses(const std::vector<CertificatePointer>& chain, EVP_PKEY& key) {
  const OpenSslErrors errors;
  const std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>> context(SSL_CTX_new(TLS_server_method()));
  bool taken = context != nullptr && SSL_CTX_use_certificate(context.get(), chain.front().get()) == 1 &&
               SSL_CTX_use_PrivateKey(context.get(), &key) == 1;
  for (size_t i = 1; taken && i < chain.size(); ++i) {
    taken = SSL_CTX_add1_chain_cert(context.get(), chain[i].get()) == 1;
  }
  if (taken && EVP_PKEY_get_base_id(&key) == EVP_PKEY_EC) {
    std::array<char, 32> name{};
    size_t size = 0;
    EVP_PKEY_get_group_name(&key, name.data(), name.size(), &size);
    const absl::string_view curve(name.data(), size);
    if (curve != "prime256v1" && curve != "secp384r1" && curve != "secp521r1") {
      return absl::StrCat("callers know the curves P-256, P-384 and P-521, not ", EscapeForPeople(curve, 32));
    }
  }
  if (taken) return "";
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason != nullptr ? reason : "for no reason that it tells";
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
  PkeyPointer key;
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
  if (const std::string refusal = WhyOpenSslRefuses(chain, *key); !refusal.empty()) {
    place.Fault("cert_file", absl::StrCat("OpenSSL refuses it for TLS: ", refusal));
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
