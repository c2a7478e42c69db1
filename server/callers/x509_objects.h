// OpenSSL's certificate objects as owners, and its error queue kept clean.
#ifndef OAUTH1D_SERVER_CALLERS_X509_OBJECTS_H_
#define OAUTH1D_SERVER_CALLERS_X509_OBJECTS_H_

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

namespace oauth1d::callers {

template <auto kFree>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};

// The stack alone: what is in it belongs to others.
inline void FreeStackAlone(STACK_OF(X509) * stack) { sk_X509_free(stack); }

using BioPointer = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;
using CertificatePointer = std::unique_ptr<X509, FreeWith<X509_free>>;
using GeneralNamesPointer = std::unique_ptr<GENERAL_NAMES, FreeWith<GENERAL_NAMES_free>>;
using StackPointer = std::unique_ptr<STACK_OF(X509), FreeWith<FreeStackAlone>>;
using StorePointer = std::unique_ptr<X509_STORE, FreeWith<X509_STORE_free>>;
using StoreContextPointer = std::unique_ptr<X509_STORE_CTX, FreeWith<X509_STORE_CTX_free>>;

// Takes what fails below it off this thread's error queue, and nothing else.
class OpenSslErrors {
 public:
  OpenSslErrors() { ERR_set_mark(); }
  ~OpenSslErrors() { ERR_pop_to_mark(); }
  OpenSslErrors(const OpenSslErrors&) = delete;
  OpenSslErrors& operator=(const OpenSslErrors&) = delete;
};

}  // namespace oauth1d::callers

#endif  // OAUTH1D_SERVER_CALLERS_X509_OBJECTS_H_
