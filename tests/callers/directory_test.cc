// What a caller must prove, together.
#include "server/callers/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/callers/directory_fixture.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::callers {
namespace {

constexpr char kVaultId[] = "spiffe://a.example/vault";
constexpr char kNotBoth[] = "the client certificate and the API key do not prove a known caller";
constexpr char kCertificateAlone[] = "the client certificate proves no known caller, or the API key is missing";
constexpr char kKeyAlone[] = "the API key is unknown, or a client certificate is missing";
constexpr char kNothing[] = "a client certificate or an API key is required, over TLS";

class KeysTest : public DirectoryTest {
 protected:
  static std::string Bearer(const std::string& key) { return absl::StrCat("Bearer ", key); }
  static Peer KeyAlone(const std::string& authorization) { return {.authorization = authorization, .tls = true}; }

  const Holder web_ = a_.Issue({.names = std::string("URI:") + kWeb});
  const Holder vault_ = a_.Issue({.names = std::string("URI:") + kVaultId});
};

TEST_F(KeysTest, AsLongAsNoIdentityIsConfiguredEverybodyIsDefault) {
  directory_ = DirectoryOf({});
  EXPECT_EQ(Identified({}), "default anyone");
  EXPECT_EQ(Identified(With(outsider_, "Bearer x")), "default anyone");
}

TEST_F(KeysTest, WithoutIdentitiesAndWithoutDefaultThereIsNobody) {
  Directory::Options options = OptionsFor({});
  options.owners.erase(options.owners.begin());
  directory_ = Directory::Create(std::move(options)).value();
  EXPECT_EQ(Identified({}), "the configuration has no owner named default, and no owner has identities");
}

TEST_F(KeysTest, AnIdentityOfNoOwnerIsAnError) {
  EXPECT_THAT(Directory::Create(OptionsFor({By("nobody", kWeb, "", {})})), HasCode(absl::StatusCode::kInvalidArgument));
}

TEST_F(KeysTest, WhoShowsNothingIsNobody) {
  EXPECT_EQ(Identified({.tls = true}), kNothing);
  EXPECT_EQ(Identified({}), kNothing);
  directory_ = DirectoryOf({By("web", kWeb, "", {})});
  EXPECT_EQ(Identified({.tls = true}), "a client certificate is required");
}

TEST_F(KeysTest, CertificateAndKeyAreNeededTogether) {
  EXPECT_EQ(Identified(With(vault_, Bearer(kOldKey))), absl::StrCat("vault ", kVaultId, "+key:4783d415"));
  EXPECT_EQ(Identified(With(vault_)), kCertificateAlone);
  EXPECT_EQ(Identified(KeyAlone(Bearer(kOldKey))), kKeyAlone);
}

TEST_F(KeysTest, EitherOfTwoLiveKeysWill) {
  EXPECT_EQ(Identified(With(vault_, Bearer(kOldKey))), absl::StrCat("vault ", kVaultId, "+key:4783d415"));
  EXPECT_EQ(Identified(With(vault_, Bearer(kNewKey))), absl::StrCat("vault ", kVaultId, "+key:ce4e3a23"));
}

TEST_F(KeysTest, AKeyThatWasRotatedAwayIsUnknown) {
  directory_ = DirectoryOf({By("vault", kVaultId, "", {kNewKey})});
  EXPECT_EQ(Identified(With(vault_, Bearer(kNewKey))), absl::StrCat("vault ", kVaultId, "+key:ce4e3a23"));
  EXPECT_EQ(Identified(With(vault_, Bearer(kOldKey))), kNotBoth);
}

TEST_F(KeysTest, TheRightKeyWithTheWrongCertificateIsNobody) {
  EXPECT_EQ(Identified(With(web_, Bearer(kOldKey))), kNotBoth);
  EXPECT_EQ(Identified(With(outsider_.Issue({.names = std::string("URI:") + kVaultId}), Bearer(kOldKey))), kNotBoth);
}

TEST_F(KeysTest, TheRefusalDoesNotTellWhichOfTheTwoWasWrong) {
  EXPECT_EQ(Identified(With(vault_, Bearer("wrong"))), kNotBoth);
  EXPECT_EQ(Identified(With(web_, Bearer("wrong"))), kNotBoth);
  EXPECT_EQ(Identified(With(outsider_, Bearer(kOldKey))), kNotBoth);
  EXPECT_EQ(Identified(With(outsider_, Bearer("wrong"))), kNotBoth);
  EXPECT_EQ(Identified(With(vault_)), Identified(With(outsider_)));
  EXPECT_EQ(Identified(KeyAlone(Bearer(kOldKey))), Identified(KeyAlone(Bearer("wrong"))));
}

TEST_F(KeysTest, AKeyAloneCountsWhereTheConfigurationSaysSo) {
  EXPECT_EQ(Identified(KeyAlone(Bearer(kRobotKey))), "robot key:822d8438");
}

TEST_F(KeysTest, AKeyThatCameWithoutTlsCountsForNothing) {
  EXPECT_EQ(Identified({.authorization = Bearer(kRobotKey)}), kNothing);
}

TEST_F(KeysTest, ACertificateThatCameWithoutTlsCountsForNothing) {
  EXPECT_EQ(Identified({.certificate_chain_pem = web_.chain_pem()}), kNothing);
}

TEST_F(KeysTest, WhatIsShownMustBeAskedFor) {
  // Its certificate would do, and the key would do for another.
  EXPECT_EQ(Identified(With(web_, Bearer(kRobotKey))), kNotBoth);
  EXPECT_EQ(Identified(With(web_, Bearer("unknown"))), kNotBoth);
  EXPECT_EQ(Identified(With(web_, "Basic eDp5")), kNotBoth);
  EXPECT_EQ(Identified(With(web_, "x")), kNotBoth);
}

TEST_F(KeysTest, WhatNoIdentityAsksForIsNotLookedAt) {
  directory_ = DirectoryOf({By("web", kWeb, "", {})});
  EXPECT_EQ(Identified(With(web_, "Basic eDp5")), absl::StrCat("web ", kWeb));
  directory_ = DirectoryOf({By("robot", "", "", {kRobotKey})});
  EXPECT_EQ(Identified(With(outsider_, Bearer(kRobotKey))), "robot key:822d8438");
}

TEST_F(KeysTest, ACertificateMayBeOneOwnerAloneAndAnotherWithAKey) {
  directory_ = DirectoryOf({By("web", kWeb, "", {}), By("vault", kWeb, "", {kOldKey})});
  EXPECT_EQ(Identified(With(web_)), absl::StrCat("web ", kWeb));
  EXPECT_EQ(Identified(With(web_, Bearer(kOldKey))), absl::StrCat("vault ", kWeb, "+key:4783d415"));
  EXPECT_EQ(Identified(With(web_, Bearer("wrong"))), kNotBoth);
}

TEST_F(KeysTest, TheSchemeIsBearerInAnyCaseAndOneSpace) {
  for (const char* const scheme : {"Bearer ", "bearer ", "BEARER "}) {
    EXPECT_EQ(Identified(KeyAlone(absl::StrCat(scheme, kRobotKey))), "robot key:822d8438") << scheme;
  }
  for (const std::string& authorization :
       {std::string(kRobotKey), absl::StrCat("Bearer", kRobotKey), absl::StrCat("Bearer  ", kRobotKey),
        absl::StrCat("Bearer\t", kRobotKey), absl::StrCat(" Bearer ", kRobotKey),
        absl::StrCat("Bearer ", kRobotKey, " "), absl::StrCat("Bearer ", kRobotKey, ","),
        absl::StrCat("Basic ", kRobotKey), std::string("Bearer "), std::string("Bearer"),
        absl::StrCat("Bearer ", kRobotKey, ", Bearer ", kRobotKey),
        absl::StrCat("Bearer ", kRobotKey, std::string(1, '\0'))}) {
    EXPECT_EQ(Identified(KeyAlone(authorization)), kKeyAlone) << authorization;
  }
}

TEST_F(KeysTest, AnIdentityThatAsksForNothingIsNobodys) {
  directory_ = DirectoryOf({By("web", "", "", {}), By("robot", "", "", {kRobotKey})});
  EXPECT_EQ(Identified({}), kNothing);
  EXPECT_EQ(Identified({.tls = true}), kNothing);
  EXPECT_EQ(Identified(KeyAlone(Bearer(kRobotKey))), "robot key:822d8438");
}

}  // namespace
}  // namespace oauth1d::callers
