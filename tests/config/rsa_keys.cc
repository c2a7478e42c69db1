#include "tests/config/rsa_keys.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>

#include <functional>

namespace oauth1d::config {
namespace {

// The count of rounds ends the file: 0x0A0A.
constexpr int kRounds = 2570;

EVP_PKEY* Key() {
  static EVP_PKEY* const key = EVP_RSA_gen(2048);
  return key;
}

std::string Written(const std::function<void(BIO*)>& write) {
  BIO* const bio = BIO_new(BIO_s_mem());
  write(bio);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  std::string result(text, static_cast<size_t>(size));
  BIO_free(bio);
  return result;
}

std::string PrivatePem(EVP_PKEY* key) {
  return Written([key](BIO* bio) { PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr); });
}

}  // namespace

std::string RsaKeyPem() { return PrivatePem(Key()); }

std::string EncryptedRsaKeyPem(const std::string& passphrase) {
  return Written([&](BIO* bio) {
    PEM_write_bio_PrivateKey(bio, Key(), EVP_aes_256_cbc(), reinterpret_cast<const unsigned char*>(passphrase.data()),
                             static_cast<int>(passphrase.size()), nullptr, nullptr);
  });
}

std::string RsaKeyPkcs12(const std::string& passphrase) {
  PKCS12* const file = PKCS12_create(passphrase.c_str(), "key", Key(), nullptr, nullptr, 0, 0, kRounds, kRounds, 0);
  std::string bytes = Written([file](BIO* bio) { i2d_PKCS12_bio(bio, file); });
  PKCS12_free(file);
  return bytes;
}

std::string RsaPublicKeyPem() {
  return Written([](BIO* bio) { PEM_write_bio_PUBKEY(bio, Key()); });
}

std::string ShortRsaKeyPem() {
  EVP_PKEY* const key = EVP_RSA_gen(1024);
  std::string pem = PrivatePem(key);
  EVP_PKEY_free(key);
  return pem;
}

}  // namespace oauth1d::config
