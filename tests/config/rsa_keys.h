// Keys for consumers that sign with RSA, made anew in each run of the tests.
#ifndef OAUTH1D_TESTS_CONFIG_RSA_KEYS_H_
#define OAUTH1D_TESTS_CONFIG_RSA_KEYS_H_

#include <string>

namespace oauth1d::config {

// 2048 bits; the same key each time.
std::string RsaKeyPem();
std::string EncryptedRsaKeyPem(const std::string& passphrase);
// A PKCS#12 file whose last byte is a line feed.
std::string RsaKeyPkcs12(const std::string& passphrase);
// Its public key, as RsaKey::PublicKeyPem has it.
std::string RsaPublicKeyPem();
// 1024 bits.
std::string ShortRsaKeyPem();

}  // namespace oauth1d::config

#endif  // OAUTH1D_TESTS_CONFIG_RSA_KEYS_H_
