// Certificates made for one test run.
#ifndef OAUTH1D_TESTS_EGRESS_TEST_CERTIFICATES_H_
#define OAUTH1D_TESTS_EGRESS_TEST_CERTIFICATES_H_

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace oauth1d::egress {

struct X509Free {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct KeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

struct TestCertificate {
  std::unique_ptr<X509, X509Free> certificate;
  std::unique_ptr<EVP_PKEY, KeyFree> key;
};

// A certificate authority of its own.
class TestAuthority {
 public:
  TestAuthority();

  // `names` as in a subjectAltName: "DNS:localhost,IP:127.0.0.1". Valid from now minus an hour for so many seconds.
  TestCertificate Issue(const std::string& names, long valid_seconds = 24 * 3600) const;
  std::string pem() const;

 private:
  TestCertificate self_;
};

}  // namespace oauth1d::egress

#endif  // OAUTH1D_TESTS_EGRESS_TEST_CERTIFICATES_H_
