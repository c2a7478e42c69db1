// Private keys that are encrypted: PKCS#8 (RFC 5958) and PKCS#12 (RFC 7292).
#ifndef OAUTH1D_SERVER_OAUTH1_ENCRYPTED_KEY_H_
#define OAUTH1D_SERVER_OAUTH1_ENCRYPTED_KEY_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/secret.h"
#include "server/oauth1/openssl_objects.h"

namespace oauth1d::oauth1 {

// Both give PKCS#8 in DER.
// Errors: kInvalidArgument: the passphrase is missing or wrong, there is not one key. kUnimplemented: OpenSSL has the
// algorithm not, or not without its legacy provider.
absl::StatusOr<Secret> DecryptPkcs8(const X509_SIG& encrypted, absl::string_view passphrase);
absl::StatusOr<Secret> OpenPkcs12(const PKCS12& file, absl::string_view passphrase);

// What to say where a passphrase is needed and empty, or does not fit.
absl::Status PassphraseMissing();
absl::Status PassphraseWrong();

// True if what failed last failed for want of an algorithm. Empties the error queue.
bool AlgorithmIsMissing();

// While it lives, this thread has the algorithms of OpenSSL's legacy provider too (RC2, single DES, RC4), if that can
// be loaded. Keys made meanwhile would depend on it: only take bytes out.
class LegacyAlgorithms {
 public:
  LegacyAlgorithms();
  ~LegacyAlgorithms();
  LegacyAlgorithms(const LegacyAlgorithms&) = delete;
  LegacyAlgorithms& operator=(const LegacyAlgorithms&) = delete;

  bool loaded() const { return loaded_; }

 private:
  bool loaded_ = false;
  OSSL_LIB_CTX* before_ = nullptr;
};

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_ENCRYPTED_KEY_H_
