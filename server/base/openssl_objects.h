// OpenSSL's objects as owners, and its error queue kept clean.
#ifndef OAUTH1D_SERVER_BASE_OPENSSL_OBJECTS_H_
#define OAUTH1D_SERVER_BASE_OPENSSL_OBJECTS_H_

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>

#include "absl/strings/string_view.h"

namespace oauth1d {

template <auto kFree>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};

using BioPointer = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;
using PkeyPointer = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using CertificatePointer = std::unique_ptr<X509, FreeWith<X509_free>>;

// Reads from bytes that outlive it.
inline BioPointer ReadOnlyBio(absl::string_view bytes) {
  return BioPointer(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

// Takes what fails below it off this thread's error queue, and nothing else.
class OpenSslErrors {
 public:
  OpenSslErrors() { ERR_set_mark(); }
  ~OpenSslErrors() { ERR_pop_to_mark(); }
  OpenSslErrors(const OpenSslErrors&) = delete;
  OpenSslErrors& operator=(const OpenSslErrors&) = delete;
};

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_BASE_OPENSSL_OBJECTS_H_
