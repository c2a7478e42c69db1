#include "tests/callers/directory_fixture.h"

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/callers/sha256.h"

namespace oauth1d::callers {

DirectoryTest::DirectoryTest()
    : directory_(DirectoryOf({By("web", kWeb, "", {}), By("batch", kBatch, "", {}), By("shop", "", "shop.example", {}),
                              By("vault", "spiffe://a.example/vault", "", {kOldKey, kNewKey}),
                              By("robot", "", "", {kRobotKey})})) {}

Identity DirectoryTest::By(const std::string& owner, const std::string& spiffe_id, const std::string& dns_name,
                           const std::vector<std::string>& keys) {
  Identity identity{.owner = owner, .spiffe_id = spiffe_id, .dns_name = dns_name};
  for (const std::string& key : keys) identity.api_keys.push_back(Sha256(key));
  return identity;
}

Directory::Options DirectoryTest::OptionsFor(const std::vector<Identity>& identities) const {
  Directory::Options options{.identities = identities,
                             .trust_domains = {{"a.example", a_.pem()}, {"b.example", b_.pem()}},
                             .client_ca_pem = dns_ca_.pem()};
  for (const char* name : {"default", "web", "batch", "shop", "vault", "robot"}) {
    options.owners.push_back(std::make_shared<providers::Owner>(providers::Owner{.name = name}));
  }
  return options;
}

std::shared_ptr<const Directory> DirectoryTest::DirectoryOf(const std::vector<Identity>& identities) const {
  return Directory::Create(OptionsFor(identities)).value();
}

std::string DirectoryTest::Told(const absl::StatusOr<Caller>& caller) {
  if (caller.ok()) return absl::StrCat(caller->owner->name, " ", caller->identity);
  if (ReasonOf(caller.status()) != Reason::kCallerUnknown || !absl::IsUnauthenticated(caller.status())) {
    return absl::StrCat("not CALLER_UNKNOWN: ", caller.status().ToString());
  }
  return std::string(caller.status().message());
}

}  // namespace oauth1d::callers
