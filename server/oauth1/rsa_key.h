// The private key of a consumer that signs with RSA (RFC 5849 section 3.4.3).
#ifndef OAUTH1D_SERVER_OAUTH1_RSA_KEY_H_
#define OAUTH1D_SERVER_OAUTH1_RSA_KEY_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/secret.h"

// OpenSSL's EVP_PKEY.
struct evp_pkey_st;

namespace oauth1d::oauth1 {

enum class RsaDigest { kSha1, kSha256, kSha512 };

// Frozen; any number of threads may sign with it.
class RsaKey {
 public:
  // `file`: the bytes of a PEM file (PKCS#1, PKCS#8, encrypted or not) or of a PKCS#12 file. At least 2048 bits.
  // Errors: kInvalidArgument that says what is wrong with the key and what to do: a public key or a certificate in its
  // place, another kind of key, a passphrase that is missing or wrong, too few bits, damage. Never a part of the key.
  static absl::StatusOr<std::shared_ptr<const RsaKey>> Parse(const Secret& file, const Secret& passphrase);

  RsaKey(const RsaKey&) = delete;
  RsaKey& operator=(const RsaKey&) = delete;
  ~RsaKey();

  int bits() const;
  // SubjectPublicKeyInfo in PEM: what providers want registered.
  std::string PublicKeyPem() const;
  // RSASSA-PKCS1-v1_5 over the digest of the text; 260 microseconds at 2048 bits. kInternal if the library fails.
  absl::StatusOr<std::string> Sign(RsaDigest digest, absl::string_view text) const;

 private:
  explicit RsaKey(evp_pkey_st* key) : key_(key) {}

  evp_pkey_st* const key_;
};

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_RSA_KEY_H_
