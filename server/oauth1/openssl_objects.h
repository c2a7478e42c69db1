// More of OpenSSL's objects as owners.
#ifndef OAUTH1D_SERVER_OAUTH1_OPENSSL_OBJECTS_H_
#define OAUTH1D_SERVER_OAUTH1_OPENSSL_OBJECTS_H_

#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <memory>

#include "server/base/openssl_objects.h"

namespace oauth1d::oauth1 {

using MdContextPointer = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
using Pkcs8Pointer = std::unique_ptr<PKCS8_PRIV_KEY_INFO, FreeWith<PKCS8_PRIV_KEY_INFO_free>>;
using EncryptedPkcs8Pointer = std::unique_ptr<X509_SIG, FreeWith<X509_SIG_free>>;
using Pkcs12Pointer = std::unique_ptr<PKCS12, FreeWith<PKCS12_free>>;

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_OPENSSL_OBJECTS_H_
