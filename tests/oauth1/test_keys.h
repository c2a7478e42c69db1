// Keys that the tests make for themselves, and the files that people have them in. Each is made once a process.
#ifndef OAUTH1D_TESTS_OAUTH1_TEST_KEYS_H_
#define OAUTH1D_TESTS_OAUTH1_TEST_KEYS_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "server/oauth1/openssl_objects.h"
#include "server/oauth1/rsa_key.h"

namespace oauth1d::oauth1 {

// A fresh RSA key of so many bits.
EVP_PKEY* RsaPkey(int bits = 2048);
EVP_PKEY* EcPkey();
EVP_PKEY* Ed25519Pkey();
EVP_PKEY* RsaPssPkey();

// RsaPkey() as the room has it.
std::shared_ptr<const RsaKey> TestRsaKey();

// PEM. With a cipher (aes-256-cbc) and a passphrase: encrypted.
std::string Pkcs8Pem(EVP_PKEY* key, const char* cipher = nullptr, absl::string_view passphrase = "");
std::string TraditionalPem(EVP_PKEY* key, const char* cipher = nullptr, absl::string_view passphrase = "");
std::string PublicPem(EVP_PKEY* key);
std::string CertificatePem(EVP_PKEY* key);
std::string RequestPem(EVP_PKEY* key);

// DER.
std::string Pkcs8Der(EVP_PKEY* key);
std::string TraditionalDer(EVP_PKEY* key);
std::string PublicDer(EVP_PKEY* key);
std::string CertificateDer(EVP_PKEY* key);
std::string EncryptedPkcs8Der(EVP_PKEY* key, const char* cipher, absl::string_view passphrase);

// A PKCS#12 file with a certificate and, unless `key` is null, the key. The algorithms are NIDs; 0: OpenSSL's default,
// -1: none. A null passphrase is none at all, which is not an empty one.
std::string Pkcs12File(EVP_PKEY* key, const char* passphrase, int key_algorithm = 0, int certificate_algorithm = 0,
                       int checksum_iterations = 0);

// Whether this is the key's signature: SHA1, SHA256, SHA512.
bool Verifies(const std::string& public_pem, const char* digest, absl::string_view text, absl::string_view signature);

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_TESTS_OAUTH1_TEST_KEYS_H_
