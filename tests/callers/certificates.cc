#include "tests/callers/certificates.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace oauth1d::callers {
namespace {

void Extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  if (value.empty()) return;
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (extension == nullptr) std::abort();
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

void Name(X509* certificate, const std::string& common_name) {
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
}

CertificatePointer Blank(EVP_PKEY* key, const std::string& common_name, absl::Time from, absl::Time until) {
  static std::atomic<long> serial = 1;
  CertificatePointer certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), absl::ToTimeT(from));
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), absl::ToTimeT(until));
  X509_set_pubkey(certificate.get(), key);
  // Issuers are looked up by name.
  Name(certificate.get(), common_name.empty() ? absl::StrCat("no. ", serial.load()) : common_name);
  return certificate;
}

std::string Written(const std::function<void(BIO*)>& write) {
  const BioPointer bio(BIO_new(BIO_s_mem()));
  write(bio.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<size_t>(size));
}

}  // namespace

absl::Time Noon() {
  static const absl::Time noon = absl::FromTimeT(absl::ToTimeT(absl::Now()));
  return noon;
}

Holder Holder::Root(absl::Time until) {
  Holder root;
  root.root_ = true;
  root.key_.reset(EVP_EC_gen("P-256"));
  root.certificate_ = Blank(root.key_.get(), "", Noon() - absl::Hours(24), until);
  X509* const certificate = root.certificate_.get();
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  Extend(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  Extend(certificate, certificate, NID_key_usage, "critical,keyCertSign");
  X509_sign(certificate, root.key_.get(), EVP_sha256());
  return root;
}

Holder Holder::Issue(const Wish& wish) const {
  Holder made;
  made.key_.reset(EVP_EC_gen("P-256"));
  made.certificate_ = Blank(made.key_.get(), wish.common_name, wish.from, wish.until);
  made.above_ = root_ ? "" : chain_pem();
  X509* const certificate = made.certificate_.get();
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate_.get()));
  Extend(certificate, certificate_.get(), NID_basic_constraints, wish.basic_constraints);
  Extend(certificate, certificate_.get(), NID_key_usage, wish.key_usage);
  Extend(certificate, certificate_.get(), NID_ext_key_usage, wish.extended_key_usage);
  Extend(certificate, certificate_.get(), NID_subject_alt_name, wish.names);
  X509_sign(certificate, key_.get(), EVP_sha256());
  return made;
}

Holder Holder::IssueAuthority() const {
  return Issue(
      {.basic_constraints = "critical,CA:TRUE", .key_usage = "critical,keyCertSign", .extended_key_usage = ""});
}

std::string Holder::pem() const {
  return Written([this](BIO* bio) { PEM_write_bio_X509(bio, certificate_.get()); });
}

std::string Holder::chain_pem() const { return absl::StrCat(pem(), above_); }

std::string Holder::key_pem() const {
  return Written(
      [this](BIO* bio) { PEM_write_bio_PrivateKey(bio, key_.get(), nullptr, nullptr, 0, nullptr, nullptr); });
}

}  // namespace oauth1d::callers
