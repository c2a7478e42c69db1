#include "tests/oauth1/test_keys.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <map>

#include "server/oauth1/encrypted_key.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::oauth1 {
namespace {

using CertificatePointer = std::unique_ptr<X509, FreeWith<X509_free>>;
using RequestPointer = std::unique_ptr<X509_REQ, FreeWith<X509_REQ_free>>;

// What `write` puts into a BIO.
template <typename Write>
std::string Written(Write write) {
  const OpenSslErrors errors;
  const BioPointer bio(BIO_new(BIO_s_mem()));
  EXPECT_EQ(write(bio.get()), 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, size);
}

CertificatePointer Certificate(EVP_PKEY* key) {
  CertificatePointer certificate(X509_new());
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

const EVP_CIPHER* Cipher(const char* name) { return name == nullptr ? nullptr : EVP_get_cipherbyname(name); }

}  // namespace

EVP_PKEY* RsaPkey(int bits) {
  static auto* const keys = new std::map<int, EVP_PKEY*>;
  EVP_PKEY*& key = (*keys)[bits];
  if (key == nullptr) key = EVP_RSA_gen(bits);
  return key;
}

EVP_PKEY* EcPkey() {
  static EVP_PKEY* const key = EVP_EC_gen("P-256");
  return key;
}

EVP_PKEY* Ed25519Pkey() {
  static EVP_PKEY* const key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  return key;
}

EVP_PKEY* RsaPssPkey() {
  static EVP_PKEY* const key = [] {
    EVP_PKEY* made = nullptr;
    EVP_PKEY_CTX* const context = EVP_PKEY_CTX_new_from_name(nullptr, "RSA-PSS", nullptr);
    EVP_PKEY_keygen_init(context);
    EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048);
    EVP_PKEY_generate(context, &made);
    EVP_PKEY_CTX_free(context);
    return made;
  }();
  return key;
}

std::shared_ptr<const RsaKey> TestRsaKey() {
  static const auto* const key =
      new absl::StatusOr<std::shared_ptr<const RsaKey>>(RsaKey::Parse(Secret(Pkcs8Pem(RsaPkey())), Secret()));
  EXPECT_THAT(*key, IsOk());
  return key->ok() ? **key : nullptr;
}

std::string Pkcs8Pem(EVP_PKEY* key, const char* cipher, absl::string_view passphrase) {
  return Written([&](BIO* bio) {
    return PEM_write_bio_PKCS8PrivateKey(bio, key, Cipher(cipher), passphrase.data(),
                                         static_cast<int>(passphrase.size()), nullptr, nullptr);
  });
}

std::string TraditionalPem(EVP_PKEY* key, const char* cipher, absl::string_view passphrase) {
  const LegacyAlgorithms legacy;
  return Written([&](BIO* bio) {
    return PEM_write_bio_PrivateKey_traditional(bio, key, Cipher(cipher),
                                                reinterpret_cast<const unsigned char*>(passphrase.data()),
                                                static_cast<int>(passphrase.size()), nullptr, nullptr);
  });
}

std::string PublicPem(EVP_PKEY* key) {
  return Written([&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, key); });
}

std::string CertificatePem(EVP_PKEY* key) {
  return Written([&](BIO* bio) { return PEM_write_bio_X509(bio, Certificate(key).get()); });
}

std::string RequestPem(EVP_PKEY* key) {
  const RequestPointer request(X509_REQ_new());
  X509_REQ_set_pubkey(request.get(), key);
  X509_REQ_sign(request.get(), key, EVP_sha256());
  return Written([&](BIO* bio) { return PEM_write_bio_X509_REQ(bio, request.get()); });
}

std::string Pkcs8Der(EVP_PKEY* key) {
  return Written([&](BIO* bio) { return i2d_PKCS8PrivateKeyInfo_bio(bio, key); });
}

std::string TraditionalDer(EVP_PKEY* key) {
  return Written([&](BIO* bio) { return i2d_PrivateKey_bio(bio, key); });
}

std::string PublicDer(EVP_PKEY* key) {
  return Written([&](BIO* bio) { return i2d_PUBKEY_bio(bio, key); });
}

std::string CertificateDer(EVP_PKEY* key) {
  return Written([&](BIO* bio) { return i2d_X509_bio(bio, Certificate(key).get()); });
}

std::string EncryptedPkcs8Der(EVP_PKEY* key, const char* cipher, absl::string_view passphrase) {
  return Written([&](BIO* bio) {
    return i2d_PKCS8PrivateKey_bio(bio, key, Cipher(cipher), passphrase.data(), static_cast<int>(passphrase.size()),
                                   nullptr, nullptr);
  });
}

std::string Pkcs12File(EVP_PKEY* key, const char* passphrase, int key_algorithm, int certificate_algorithm,
                       int checksum_iterations) {
  const OpenSslErrors errors;
  const CertificatePointer certificate = Certificate(key != nullptr ? key : RsaPkey());
  const LegacyAlgorithms legacy;
  const Pkcs12Pointer file(PKCS12_create(passphrase, "test", key, certificate.get(), nullptr, key_algorithm,
                                         certificate_algorithm, 0, checksum_iterations, 0));
  EXPECT_NE(file, nullptr);
  return Written([&](BIO* bio) { return i2d_PKCS12_bio(bio, file.get()); });
}

bool Verifies(const std::string& public_pem, const char* digest, absl::string_view text, absl::string_view signature) {
  const BioPointer bio = ReadOnlyBio(public_pem);
  const PkeyPointer key(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
  const MdContextPointer context(EVP_MD_CTX_new());
  const auto bytes = [](absl::string_view view) { return reinterpret_cast<const unsigned char*>(view.data()); };
  const OpenSslErrors errors;
  return EVP_DigestVerifyInit_ex(context.get(), nullptr, digest, nullptr, nullptr, key.get(), nullptr) == 1 &&
         EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(text), text.size()) == 1;
}

}  // namespace oauth1d::oauth1
