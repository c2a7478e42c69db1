// What a provider shows in its TLS handshake, kept also where it is not trusted.
#ifndef OAUTH1D_SERVER_DOCTOR_CERTIFICATE_FACTS_H_
#define OAUTH1D_SERVER_DOCTOR_CERTIFICATE_FACTS_H_

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "absl/time/time.h"

namespace oauth1d::doctor {

// In printable ASCII.
struct CertificateFacts {
  std::string names;   // up to four, with commas between them
  std::string issuer;  // its common name, else its whole name
  absl::Time ends;
};

// Watches one handshake. Trust stays as it was.
class ShownCertificate {
 public:
  // Before the handshake; lives as long as `ssl`.
  explicit ShownCertificate(SSL* ssl);
  ShownCertificate(const ShownCertificate&) = delete;
  ShownCertificate& operator=(const ShownCertificate&) = delete;

  // Whether a certificate came.
  bool came() const { return leaf_ != nullptr; }
  // Only where one came.
  CertificateFacts Facts() const;

 private:
  struct Free {
    void operator()(X509* certificate) const { X509_free(certificate); }
  };
  static int Keep(int trusted, X509_STORE_CTX* context);

  std::unique_ptr<X509, Free> leaf_;
};

}  // namespace oauth1d::doctor

#endif  // OAUTH1D_SERVER_DOCTOR_CERTIFICATE_FACTS_H_
