// Two trust domains, a CA for DNS names, an outsider, and four owners.
#ifndef OAUTH1D_TESTS_CALLERS_DIRECTORY_FIXTURE_H_
#define OAUTH1D_TESTS_CALLERS_DIRECTORY_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "server/callers/directory.h"
#include "tests/callers/certificates.h"

namespace oauth1d::callers {

inline constexpr char kWeb[] = "spiffe://a.example/ns/shop/sa/web";
inline constexpr char kBatch[] = "spiffe://b.example/batch";

class DirectoryTest : public ::testing::Test {
 protected:
  // The keys of `vault`, and of `robot`.
  static constexpr char kOldKey[] = "b2xkLWtleS1vbGQta2V5LW9sZC1rZXktb2xkLWtleS0";
  static constexpr char kNewKey[] = "bmV3LWtleS1uZXcta2V5LW5ldy1rZXktbmV3LWtleS0";
  static constexpr char kRobotKey[] = "cm9ib3Qta2V5LXJvYm90LWtleS1yb2JvdC1rZXktLS0";

  // `web` by SPIFFE ID, `batch` by that of another domain, `shop` by DNS name, `vault` by SPIFFE ID and one of two
  // keys, `robot` by a key alone.
  DirectoryTest();

  static Identity By(const std::string& owner, const std::string& spiffe_id, const std::string& dns_name,
                     const std::vector<std::string>& keys);
  Directory::Options OptionsFor(const std::vector<Identity>& identities) const;
  std::shared_ptr<const Directory> DirectoryOf(const std::vector<Identity>& identities) const;

  Peer With(const Holder& holder, const std::string& authorization = "") const {
    return {.certificate_chain_pem = holder.chain_pem(), .authorization = authorization, .tls = true};
  }
  // The owner and the identity, joined by a space, or the message of the refusal, which must be CALLER_UNKNOWN.
  static std::string Told(const absl::StatusOr<Caller>& caller);
  std::string Identified(const Peer& peer, absl::Time now = Noon()) const {
    return Told(directory_->Identify(peer, now));
  }

  const Holder a_ = Holder::Root();
  const Holder b_ = Holder::Root();
  const Holder dns_ca_ = Holder::Root();
  const Holder outsider_ = Holder::Root();
  std::shared_ptr<const Directory> directory_;
};

}  // namespace oauth1d::callers

#endif  // OAUTH1D_TESTS_CALLERS_DIRECTORY_FIXTURE_H_
