// Certificates of callers, good ones and bad ones, made for one test run.
#ifndef OAUTH1D_TESTS_CALLERS_CERTIFICATES_H_
#define OAUTH1D_TESTS_CALLERS_CERTIFICATES_H_

#include <string>

#include "absl/time/time.h"
#include "server/callers/x509_objects.h"

namespace oauth1d::callers {

// The moment that certificates are made around, in whole seconds.
absl::Time Noon();

struct Wish {
  std::string names;  // as in a subjectAltName: "DNS:web.example,URI:spiffe://a.example/web"; empty: none
  std::string common_name;
  std::string basic_constraints = "critical,CA:FALSE";
  std::string key_usage = "critical,digitalSignature";
  std::string extended_key_usage = "serverAuth,clientAuth";
  absl::Time from = Noon() - absl::Hours(1);
  absl::Time until = Noon() + absl::Hours(24);
};

// A certificate with its key, and what vouches for it below the root.
class Holder {
 public:
  // A root of its own.
  static Holder Root(absl::Time until = Noon() + absl::Hours(24 * 365));

  Holder Issue(const Wish& wish) const;
  Holder IssueAuthority() const;

  std::string pem() const;        // the certificate alone
  std::string chain_pem() const;  // with all authorities between it and the root
  std::string key_pem() const;

 private:
  Holder() = default;

  CertificatePointer certificate_;
  std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>> key_;
  std::string above_;  // PEM
  bool root_ = false;
};

}  // namespace oauth1d::callers

#endif  // OAUTH1D_TESTS_CALLERS_CERTIFICATES_H_
