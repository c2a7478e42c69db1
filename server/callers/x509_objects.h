// OpenSSL's certificate objects as owners.
#ifndef OAUTH1D_SERVER_CALLERS_X509_OBJECTS_H_
#define OAUTH1D_SERVER_CALLERS_X509_OBJECTS_H_

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include "server/base/openssl_objects.h"

namespace oauth1d::callers {

// The stack alone: what is in it belongs to others.
inline void FreeStackAlone(STACK_OF(X509) * stack) { sk_X509_free(stack); }

using GeneralNamesPointer = std::unique_ptr<GENERAL_NAMES, FreeWith<GENERAL_NAMES_free>>;
using StackPointer = std::unique_ptr<STACK_OF(X509), FreeWith<FreeStackAlone>>;
using StorePointer = std::unique_ptr<X509_STORE, FreeWith<X509_STORE_free>>;
using StoreContextPointer = std::unique_ptr<X509_STORE_CTX, FreeWith<X509_STORE_CTX_free>>;

}  // namespace oauth1d::callers

#endif  // OAUTH1D_SERVER_CALLERS_X509_OBJECTS_H_
