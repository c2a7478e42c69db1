// Which certificates stand for a caller.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/callers/certificate_verifier.h"
#include "tests/callers/directory_fixture.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::callers {
namespace {

using ::testing::ElementsAre;

constexpr char kUnknown[] = "the client certificate proves no known caller, or the API key is missing";

class CertificateTest : public DirectoryTest {
 protected:
  std::string IdentifiedAs(const std::string& names) const { return Identified(With(a_.Issue({.names = names}))); }
};

TEST_F(CertificateTest, ASpiffeIdThatItsOwnDomainVouchesForIsTheCaller) {
  EXPECT_EQ(Identified(With(a_.Issue({.names = "URI:spiffe://a.example/ns/shop/sa/web"}))), std::string("web ") + kWeb);
  EXPECT_EQ(Identified(With(b_.Issue({.names = "URI:spiffe://b.example/batch"}))), std::string("batch ") + kBatch);
}

TEST_F(CertificateTest, AnAuthorityBetweenTheRootAndTheCallerIsShownByTheCaller) {
  const Holder between = a_.IssueAuthority();
  const Holder web = between.Issue({.names = std::string("URI:") + kWeb});
  EXPECT_EQ(Identified({.certificate_chain_pem = web.pem(), .tls = true}), kUnknown);
  EXPECT_EQ(Identified(With(web)), std::string("web ") + kWeb);
}

TEST_F(CertificateTest, AResumedTlsSessionTellsTheLeafAloneAndThatWillDoOnceTheRestWasShown) {
  const Holder web = a_.IssueAuthority().Issue({.names = std::string("URI:") + kWeb});
  const Peer resumed{.certificate_chain_pem = web.pem(), .tls = true};
  EXPECT_EQ(Identified(resumed), kUnknown);
  EXPECT_EQ(Identified(With(web)), std::string("web ") + kWeb);
  EXPECT_EQ(Identified(resumed), std::string("web ") + kWeb);
  // The session outlives the configuration, but not the trust in its certificate.
  directory_ = DirectoryOf({By("web", kWeb, "", {})});
  EXPECT_EQ(Identified(resumed), std::string("web ") + kWeb);
  Directory::Options options = OptionsFor({By("web", kWeb, "", {})});
  options.trust_domains = {{"a.example", b_.pem()}};
  directory_ = Directory::Create(std::move(options)).value();
  EXPECT_EQ(Identified(resumed), "the client certificate proves no known caller");
}

TEST_F(CertificateTest, TwoUrisAreNoSpiffeId) {
  EXPECT_EQ(IdentifiedAs(std::string("URI:") + kWeb + ",URI:spiffe://a.example/other"), kUnknown);
  EXPECT_EQ(IdentifiedAs(std::string("URI:") + kWeb + ",URI:https://a.example/"), kUnknown);
  EXPECT_EQ(IdentifiedAs(std::string("URI:https://a.example/,URI:") + kWeb), kUnknown);
}

TEST_F(CertificateTest, AnotherTrustDomainIsNobody) {
  EXPECT_EQ(IdentifiedAs("URI:spiffe://c.example/ns/shop/sa/web"), kUnknown);
  EXPECT_EQ(IdentifiedAs("URI:spiffe://a.example.evil/ns/shop/sa/web"), kUnknown);
}

TEST_F(CertificateTest, ABundleDoesNotVouchForAnotherDomain) {
  const Wish web{.names = std::string("URI:") + kWeb};
  EXPECT_EQ(Identified(With(b_.Issue(web))), kUnknown);
  EXPECT_EQ(Identified(With(dns_ca_.Issue(web))), kUnknown);
  EXPECT_EQ(Identified(With(outsider_.Issue(web))), kUnknown);
  EXPECT_EQ(Identified(With(a_.Issue({.names = "URI:spiffe://b.example/batch"}))), kUnknown);
}

TEST_F(CertificateTest, ATrustDomainDoesNotVouchForDnsNames) {
  EXPECT_EQ(Identified(With(a_.Issue({.names = "DNS:shop.example"}))), kUnknown);
  EXPECT_EQ(Identified(With(dns_ca_.Issue({.names = "DNS:shop.example"}))), "shop shop.example");
}

TEST_F(CertificateTest, TheDnsNamesBesideASpiffeIdCountForNothing) {
  EXPECT_EQ(Identified(With(dns_ca_.Issue({.names = "DNS:shop.example,URI:spiffe://a.example/x"}))), kUnknown);
  EXPECT_EQ(Identified(With(a_.Issue({.names = "DNS:shop.example,URI:spiffe://a.example/x"}))), kUnknown);
}

TEST_F(CertificateTest, SpiffeIdsThatAreMalformedAreNobody) {
  for (const char* const id :
       {"SPIFFE://a.example/ns/shop/sa/web", "spiffe://A.example/ns/shop/sa/web", "spiffe://a.example//ns/shop/sa/web",
        "spiffe://a.example/ns/shop/sa/web/", "spiffe://a.example/ns/../ns/shop/sa/web", "spiffe://a.example:443/web",
        "spiffe://x@a.example/ns/shop/sa/web", "spiffe://a.example/ns/shop/sa/web?x", "spiffe://a.example/%6e",
        "spiffe:///ns/shop/sa/web", "spiffe://"}) {
    EXPECT_EQ(IdentifiedAs(std::string("URI:") + id), kUnknown) << id;
  }
}

TEST_F(CertificateTest, ACertificateThatMaySignOthersIsNoCaller) {
  const std::string names = std::string("URI:") + kWeb;
  EXPECT_EQ(Identified(With(a_.Issue({.names = names, .basic_constraints = "critical,CA:TRUE"}))), kUnknown);
  EXPECT_EQ(Identified(With(a_.Issue({.names = names, .key_usage = "critical,digitalSignature,keyCertSign"}))),
            kUnknown);
  EXPECT_EQ(Identified(With(a_.Issue({.names = names, .key_usage = "critical,digitalSignature,cRLSign"}))), kUnknown);
}

TEST_F(CertificateTest, ACertificateForOtherUsesIsNoCaller) {
  const std::string names = std::string("URI:") + kWeb;
  EXPECT_EQ(Identified(With(a_.Issue({.names = names, .extended_key_usage = "serverAuth"}))), kUnknown);
  EXPECT_EQ(Identified(With(a_.Issue({.names = names, .key_usage = "critical,keyEncipherment"}))), kUnknown);
}

TEST_F(CertificateTest, ACertificateCountsFromItsFirstSecondToItsLast) {
  const Wish wish{.names = std::string("URI:") + kWeb, .until = Noon() + absl::Hours(1)};
  const std::string web = std::string("web ") + kWeb;
  const std::vector<std::pair<absl::Time, std::string>> moments = {{wish.from - absl::Seconds(1), kUnknown},
                                                                   {wish.from, web},
                                                                   {wish.until - absl::Seconds(1), web},
                                                                   {wish.until + absl::Seconds(1), kUnknown}};
  for (const auto& [moment, told] : moments) EXPECT_EQ(Identified(With(a_.Issue(wish)), moment), told) << moment;
}

TEST_F(CertificateTest, WhatIsRememberedNeverOutlivesACertificate) {
  const Wish wish{.names = std::string("URI:") + kWeb, .until = Noon() + absl::Hours(1)};
  const Peer peer = With(a_.Issue(wish));
  const std::string web = std::string("web ") + kWeb;
  EXPECT_EQ(Identified(peer), web);
  EXPECT_EQ(Identified(peer, wish.until - absl::Seconds(1)), web);
  EXPECT_EQ(Identified(peer, wish.until), kUnknown);
  EXPECT_EQ(Identified(peer, wish.from - absl::Seconds(1)), kUnknown);
  EXPECT_EQ(Identified(peer), web);
}

TEST_F(CertificateTest, NorTheOneThatVouchesForIt) {
  const Holder short_lived = Holder::Root(Noon() + absl::Minutes(10));
  Directory::Options options = OptionsFor({By("web", kWeb, "", {})});
  options.trust_domains = {{"a.example", short_lived.pem()}};
  directory_ = Directory::Create(std::move(options)).value();
  const Peer peer = With(short_lived.Issue({.names = std::string("URI:") + kWeb}));
  EXPECT_EQ(Identified(peer, Noon() + absl::Minutes(9)), std::string("web ") + kWeb);
  EXPECT_EQ(Identified(peer, Noon() + absl::Minutes(11)), "the client certificate proves no known caller");
}

TEST_F(CertificateTest, ACertificateIsVerifiedOnce) {
  const auto verifier = CertificateVerifier::Create({{"a.example", a_.pem()}}, "").value();
  const std::string web = a_.Issue({.names = std::string("URI:") + kWeb}).chain_pem();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(verifier->Verify(web, Noon())->spiffe_id, kWeb);
  EXPECT_EQ(verifier->verifications(), 1);
  EXPECT_EQ(verifier->Verify(b_.Issue({.names = std::string("URI:") + kWeb}).chain_pem(), Noon()), nullptr);
  EXPECT_EQ(verifier->verifications(), 2);
}

TEST_F(CertificateTest, ADnsNameCountsOnlyWhereItIsSpelledOut) {
  const auto told = [&](const Wish& wish) { return Identified(With(dns_ca_.Issue(wish))); };
  EXPECT_EQ(told({.common_name = "shop.example"}), kUnknown);
  EXPECT_EQ(told({.names = "DNS:*.example"}), kUnknown);
  EXPECT_EQ(told({.names = "DNS:*"}), kUnknown);
  EXPECT_EQ(told({.names = "DNS:shop.example.evil"}), kUnknown);
  EXPECT_EQ(told({.names = "DNS:www.shop.example"}), kUnknown);
  EXPECT_EQ(told({.names = "email:shop.example"}), kUnknown);
  EXPECT_EQ(told({.names = "URI:https://shop.example/"}), kUnknown);
  EXPECT_EQ(told({.names = "DNS:other.example,DNS:Shop.Example"}), "shop shop.example");
}

TEST_F(CertificateTest, WhatIsNoCertificateProvesNothing) {
  const std::string web = a_.Issue({.names = std::string("URI:") + kWeb}).chain_pem();
  for (const std::string& chain : {std::string("x"), web.substr(0, web.size() / 2), web.substr(40),
                                   web + "-----BEGIN "
                                         "CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}) {
    EXPECT_EQ(Identified({.certificate_chain_pem = chain, .tls = true}), kUnknown) << chain;
  }
  std::string crowd = web;
  for (int i = 0; i < 20; ++i) crowd += outsider_.pem();
  EXPECT_EQ(Identified({.certificate_chain_pem = crowd, .tls = true}), kUnknown);
}

TEST_F(CertificateTest, ABundleMustBeCertificates) {
  for (const std::string& pem : {std::string("x"), std::string(), a_.key_pem()}) {
    Directory::Options options = OptionsFor({});
    options.trust_domains = {{"a.example", pem}};
    EXPECT_THAT(Directory::Create(std::move(options)), HasCode(absl::StatusCode::kInvalidArgument));
  }
  Directory::Options options = OptionsFor({});
  options.client_ca_pem = "x";
  EXPECT_THAT(Directory::Create(std::move(options)), HasCode(absl::StatusCode::kInvalidArgument));
}

TEST(ReadIdentityTest, TellsAllDnsNamesInLowerCase) {
  const Holder shop = Holder::Root().Issue({.names = "DNS:B.example,IP:127.0.0.1,DNS:a.example,DNS:*.c.example"});
  const std::vector<CertificatePointer> chain = ParseCertificates(shop.chain_pem());
  ASSERT_EQ(chain.size(), 1u);
  EXPECT_THAT(ReadIdentity(*chain.front())->dns_names, ElementsAre("b.example", "a.example"));
}

}  // namespace
}  // namespace oauth1d::callers
