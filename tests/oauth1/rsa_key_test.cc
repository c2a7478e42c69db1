#include "server/oauth1/rsa_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <cstdlib>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/oauth1/test_keys.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::oauth1 {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

absl::StatusOr<std::shared_ptr<const RsaKey>> Parse(absl::string_view file, absl::string_view passphrase = "") {
  absl::StatusOr<std::shared_ptr<const RsaKey>> key = RsaKey::Parse(Secret(file), Secret(passphrase));
  EXPECT_EQ(ERR_peek_error(), 0UL) << "nothing stays on OpenSSL's error queue";
  return key;
}

// What is wrong with the file.
std::string Complaint(absl::string_view file, absl::string_view passphrase = "") {
  const absl::Status status = Parse(file, passphrase).status();
  EXPECT_THAT(status, HasCode(absl::StatusCode::kInvalidArgument));
  return std::string(status.message());
}

// OK if it is RsaPkey().
testing::AssertionResult IsTheKey(absl::string_view file, absl::string_view passphrase = "") {
  const auto key = Parse(file, passphrase);
  if (!key.ok()) return testing::AssertionFailure() << key.status();
  if ((*key)->PublicKeyPem() != PublicPem(RsaPkey())) return testing::AssertionFailure() << "it is another key";
  return testing::AssertionSuccess();
}

TEST(RsaKeyTest, IsReadFromEveryFileThatPeopleHave) {
  EXPECT_TRUE(IsTheKey(Pkcs8Pem(RsaPkey())));
  EXPECT_TRUE(IsTheKey(TraditionalPem(RsaPkey())));
  EXPECT_TRUE(IsTheKey(Pkcs8Der(RsaPkey())));
  EXPECT_TRUE(IsTheKey(TraditionalDer(RsaPkey())));
  EXPECT_TRUE(IsTheKey(Pkcs12File(RsaPkey(), nullptr, -1, -1, -1))) << "nothing in it encrypted";
}

TEST(RsaKeyTest, IsReadWithItsPassphrase) {
  for (const char* passphrase : {"x", "correct horse", "\xC3\xA9\xE2\x98\x83"}) {
    EXPECT_TRUE(IsTheKey(Pkcs8Pem(RsaPkey(), "aes-256-cbc", passphrase), passphrase));
    EXPECT_TRUE(IsTheKey(Pkcs8Pem(RsaPkey(), "des-ede3-cbc", passphrase), passphrase));
    EXPECT_TRUE(IsTheKey(TraditionalPem(RsaPkey(), "aes-128-cbc", passphrase), passphrase));
    EXPECT_TRUE(IsTheKey(TraditionalPem(RsaPkey(), "des-ede3-cbc", passphrase), passphrase));
    EXPECT_TRUE(IsTheKey(EncryptedPkcs8Der(RsaPkey(), "aes-256-cbc", passphrase), passphrase));
    EXPECT_TRUE(IsTheKey(Pkcs12File(RsaPkey(), passphrase), passphrase));
  }
}

TEST(RsaKeyTest, APkcs12FileMayHaveAnEmptyPassphraseOrNone) {
  EXPECT_TRUE(IsTheKey(Pkcs12File(RsaPkey(), "")));
  EXPECT_TRUE(IsTheKey(Pkcs12File(RsaPkey(), nullptr)));
  EXPECT_TRUE(IsTheKey(Pkcs12File(RsaPkey(), "", -1, -1))) << "only a checksum";
}

TEST(RsaKeyTest, AnOldPkcs12FileIsReadToo) {
  EXPECT_TRUE(IsTheKey(
      Pkcs12File(RsaPkey(), "x", NID_pbe_WithSHA1And3_Key_TripleDES_CBC, NID_pbe_WithSHA1And40BitRC2_CBC), "x"))
      << "the key in 3DES, the certificate, which nobody needs, in RC2";
  EXPECT_TRUE(
      IsTheKey(Pkcs12File(RsaPkey(), "x", NID_pbe_WithSHA1And40BitRC2_CBC, NID_pbe_WithSHA1And40BitRC2_CBC), "x"))
      << "all in RC2";
  EXPECT_TRUE(IsTheKey(TraditionalPem(RsaPkey(), "des-cbc", "x"), "x"));
  EXPECT_THAT(Complaint(Pkcs12File(RsaPkey(), "x", NID_pbe_WithSHA1And40BitRC2_CBC), "y"), HasSubstr("passphrase"));
}

// In a process of its own that has not loaded the legacy provider yet: the file is made by the parent.
TEST(RsaKeyDeathTest, WithoutTheLegacyProviderTheErrorSaysHowToExportAgain) {
  constexpr char kFile[] = "OAUTH1D_TEST_RC2_FILE";
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  if (std::getenv(kFile) == nullptr) {
    const std::string file = Pkcs12File(RsaPkey(), "x", NID_pbe_WithSHA1And40BitRC2_CBC);
    setenv(kFile, absl::BytesToHexString(file).c_str(), 1);
  }
  EXPECT_EXIT(
      {
        setenv("OPENSSL_MODULES", "/nowhere", 1);
        const auto key = RsaKey::Parse(Secret(absl::HexStringToBytes(std::getenv(kFile))), Secret("x"));
        std::cerr << key.status();
        std::exit(key.ok() ? 1 : 0);
      },
      testing::ExitedWithCode(0), "openssl pkcs12 -legacy -in OLD");
  unsetenv(kFile);
}

TEST(RsaKeyTest, APassphraseThatIsNotNeededIsNoMistake) {
  EXPECT_TRUE(IsTheKey(Pkcs8Pem(RsaPkey()), "x"));
  EXPECT_TRUE(IsTheKey(TraditionalPem(RsaPkey()), "x"));
  EXPECT_TRUE(IsTheKey(Pkcs8Der(RsaPkey()), "x"));
  EXPECT_TRUE(IsTheKey(Pkcs12File(RsaPkey(), nullptr, -1, -1, -1), "x"));
  EXPECT_TRUE(IsTheKey(Pkcs12File(RsaPkey(), ""), "x"));
}

TEST(RsaKeyTest, WhatStandsAroundTheKeyIsSkipped) {
  const std::string pem = Pkcs8Pem(RsaPkey());
  EXPECT_TRUE(IsTheKey("Bag Attributes\n  friendlyName: a key\nKey Attributes: <No Attributes>\n" + pem));
  EXPECT_TRUE(IsTheKey(CertificatePem(RsaPkey()) + pem));
  EXPECT_TRUE(IsTheKey(pem + CertificatePem(EcPkey()) + PublicPem(EcPkey())));
  EXPECT_TRUE(IsTheKey("\xEF\xBB\xBF" + pem)) << "a byte order mark";
  EXPECT_TRUE(IsTheKey(absl::StrReplaceAll(pem, {{"\n", "\r\n"}})));
  EXPECT_TRUE(IsTheKey("\n\n" + pem.substr(0, pem.size() - 1))) << "no line break at the end";
}

TEST(RsaKeyTest, AMissingOrWrongPassphraseIsTold) {
  for (const std::string& file :
       {Pkcs8Pem(RsaPkey(), "aes-256-cbc", "right"), TraditionalPem(RsaPkey(), "aes-256-cbc", "right"),
        EncryptedPkcs8Der(RsaPkey(), "aes-256-cbc", "right"), Pkcs12File(RsaPkey(), "right")}) {
    EXPECT_EQ(Complaint(file), "is encrypted and needs its passphrase");
    EXPECT_EQ(Complaint(file, "wrong"), "does not open with this passphrase");
    EXPECT_EQ(Complaint(file, "right "), "does not open with this passphrase");
    EXPECT_EQ(Complaint(file, std::string(2000, 'x')), "does not open with this passphrase");
  }
}

// A wrong passphrase gives garbage with a valid padding once in 256 times.
TEST(RsaKeyTest, NoWrongPassphraseIsTakenForDamage) {
  const std::string file = TraditionalPem(RsaPkey(), "aes-256-cbc", "right");
  for (int i = 0; i < 2000; ++i) {
    ASSERT_EQ(Complaint(file, absl::StrCat("wrong", i)), "does not open with this passphrase");
  }
}

TEST(RsaKeyTest, WhatIsNoPrivateKeyIsNamed) {
  EXPECT_THAT(Complaint(PublicPem(RsaPkey())), HasSubstr("is a public key"));
  EXPECT_THAT(Complaint(PublicDer(RsaPkey())), HasSubstr("is a public key"));
  EXPECT_THAT(Complaint("ssh-rsa AAAAB3NzaC1yc2E user@host\n"), HasSubstr("is a public key"));
  EXPECT_THAT(Complaint(CertificatePem(RsaPkey())), HasSubstr("is a certificate;"));
  EXPECT_THAT(Complaint(CertificateDer(RsaPkey())), HasSubstr("is a certificate;"));
  EXPECT_THAT(Complaint(RequestPem(RsaPkey())), HasSubstr("is a certificate signing request"));
  EXPECT_THAT(
      Complaint("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n"),
      AllOf(HasSubstr("OpenSSH"), HasSubstr("ssh-keygen -p -m PEM")));
  EXPECT_THAT(Complaint("PuTTY-User-Key-File-3: ssh-rsa\n"), HasSubstr("puttygen"));
  EXPECT_THAT(Complaint("\xFE\xED\xFE\xED\x00\x00"), HasSubstr("keytool"));
  EXPECT_THAT(Complaint(Pkcs12File(nullptr, "x"), "x"), HasSubstr("without a private key"));
}

TEST(RsaKeyTest, AKeyOfAnotherKindIsNamed) {
  EXPECT_THAT(Complaint(Pkcs8Pem(EcPkey())), HasSubstr("is an EC key"));
  EXPECT_THAT(Complaint(TraditionalPem(EcPkey())), HasSubstr("is an EC key"));
  EXPECT_THAT(Complaint(TraditionalDer(EcPkey())), HasSubstr("is an EC key"));
  EXPECT_THAT(Complaint(Pkcs8Pem(EcPkey(), "aes-256-cbc", "x"), "x"), HasSubstr("is an EC key"));
  EXPECT_THAT(Complaint(Pkcs12File(EcPkey(), "x"), "x"), HasSubstr("is an EC key"));
  EXPECT_THAT(Complaint(Pkcs8Pem(Ed25519Pkey())), HasSubstr("is an EdDSA key"));
  EXPECT_THAT(Complaint(Pkcs8Pem(RsaPssPkey())), HasSubstr("RSA-PSS"));
}

TEST(RsaKeyTest, FewerThan2048BitsAreTooFew) {
  EXPECT_THAT(Complaint(Pkcs8Pem(RsaPkey(1024))), HasSubstr("has 1024 bits; at least 2048"));
  const auto key = Parse(Pkcs8Pem(RsaPkey(3072)));
  ASSERT_THAT(key, IsOk());
  EXPECT_EQ((*key)->bits(), 3072);
}

TEST(RsaKeyTest, WhatHappensToFilesOnTheirWayIsTold) {
  const std::string pem = Pkcs8Pem(RsaPkey());
  EXPECT_EQ(Complaint(""), "is empty");
  EXPECT_EQ(Complaint(" \r\n\t"), "is empty");
  EXPECT_THAT(Complaint(pem.substr(0, pem.size() / 2)), HasSubstr("is cut off"));
  EXPECT_THAT(Complaint(pem.substr(0, 30)), HasSubstr("is cut off"));
  EXPECT_THAT(Complaint(pem.substr(0, 20)), HasSubstr("line breaks"));
  EXPECT_THAT(Complaint(Pkcs8Der(RsaPkey()).substr(0, 600)), HasSubstr("is cut off"));
  EXPECT_THAT(Complaint(Pkcs12File(RsaPkey(), "x").substr(0, 600), "x"), HasSubstr("is cut off"));
  EXPECT_THAT(Complaint(absl::StrReplaceAll(pem, {{"\n", "\\n"}})), HasSubstr("line breaks written as \\n"));
  EXPECT_THAT(Complaint(absl::StrReplaceAll(pem, {{"\n", " "}})), HasSubstr("lost its line breaks"));
  EXPECT_THAT(Complaint("  " + absl::StrReplaceAll(pem, {{"\n", "\n  "}})), HasSubstr("indented"));
  EXPECT_THAT(Complaint(absl::StrReplaceAll(pem, {{"A", "*"}})), HasSubstr("is damaged"));
  EXPECT_THAT(Complaint(absl::StrReplaceAll(pem, {{"END PRIVATE", "END PUBLIC"}})), HasSubstr("is damaged"));
  EXPECT_THAT(Complaint(absl::Base64Escape(Pkcs8Der(RsaPkey()))), HasSubstr("base64 -d"));
  EXPECT_THAT(Complaint(std::string("\xFF\xFE-\0-\0", 6)), HasSubstr("UTF-16"));
  EXPECT_THAT(Complaint(pem + pem), HasSubstr("more than one private key"));
  EXPECT_THAT(Complaint("hunter2"), HasSubstr("is no key"));
  EXPECT_THAT(Complaint("0123456789"), HasSubstr("is no key"));
  EXPECT_THAT(Complaint("0\x82\x01"), HasSubstr("damaged"));
  EXPECT_THAT(Complaint("0\x82\x01\x01" + std::string(257, '\x05')), HasSubstr("damaged, or no key at all"));
  EXPECT_THAT(Complaint("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"), HasSubstr("damaged"));
  EXPECT_THAT(Complaint("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n", "x"),
              HasSubstr("damaged"));
  EXPECT_THAT(Complaint("-----BEGIN NOTHING-----\nMAA=\n-----END NOTHING-----\n"), HasSubstr("holds no private key"));
}

// One bit of one number: the file is well-formed, and the key is none.
TEST(RsaKeyTest, NumbersThatDoNotBelongTogetherAreNoKey) {
  std::string der = TraditionalDer(RsaPkey());
  int refused = 0;
  for (size_t at = 100; at < der.size(); at += 50) {
    std::string damaged = der;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    const auto key = Parse(damaged);
    if (!key.ok()) {
      ++refused;
      EXPECT_THAT(std::string(key.status().message()), HasSubstr("damaged"));
      continue;
    }
    // OpenSSL mends what follows from the other numbers; then the key signs as the good one does.
    ASSERT_OK_AND_ASSIGN(const std::string signature, (*key)->Sign(RsaDigest::kSha256, "text"));
    EXPECT_TRUE(Verifies((*key)->PublicKeyPem(), "SHA256", "text", signature)) << at;
  }
  EXPECT_GT(refused, 0);
}

TEST(RsaKeyTest, EveryByteMayBeFlippedAndNothingBreaks) {
  for (const std::string& file : {TraditionalPem(RsaPkey(), "aes-256-cbc", "x"), Pkcs12File(RsaPkey(), "x", 0, 0, 1)}) {
    for (size_t at = 0; at < file.size(); at += 7) {
      std::string damaged = file;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
      const auto key = Parse(damaged, "x");
      EXPECT_TRUE(key.ok() || absl::IsInvalidArgument(key.status())) << at << key.status();
    }
  }
}

TEST(RsaKeyTest, NoErrorRepeatsTheFileOrThePassphrase) {
  for (const char* file : {"canary", "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n",
                           "-----BEGIN canary-----\n-----END canary-----\n", "-----BEGIN canary", "MIcanary"}) {
    EXPECT_THAT(Complaint(file, "canary"), Not(HasSubstr("canary"))) << file;
  }
  EXPECT_THAT(Complaint(Pkcs8Pem(RsaPkey(), "aes-256-cbc", "x"), "canary"), Not(HasSubstr("canary")));
}

TEST(RsaKeyTest, SignsWithEachDigest) {
  const std::vector<std::pair<RsaDigest, const char*>> digests = {
      {RsaDigest::kSha1, "SHA1"}, {RsaDigest::kSha256, "SHA256"}, {RsaDigest::kSha512, "SHA512"}};
  for (const auto& [digest, name] : digests) {
    for (const std::string& text : {std::string(), std::string("text"), std::string(100'000, 'x')}) {
      ASSERT_OK_AND_ASSIGN(const std::string signature, TestRsaKey()->Sign(digest, text));
      EXPECT_EQ(signature.size(), 256U);
      EXPECT_TRUE(Verifies(PublicPem(RsaPkey()), name, text, signature)) << name;
    }
  }
}

TEST(RsaKeyTest, SignsOnManyThreadsAtOnce) {
  ASSERT_OK_AND_ASSIGN(const std::string expected, TestRsaKey()->Sign(RsaDigest::kSha1, "text"));
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        const auto signature = TestRsaKey()->Sign(RsaDigest::kSha1, "text");
        EXPECT_THAT(signature, IsOkAnd(expected));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(RsaKeyTest, ItsPublicKeyIsWhatProvidersWantRegistered) {
  const std::string pem = TestRsaKey()->PublicKeyPem();
  EXPECT_EQ(pem, PublicPem(RsaPkey()));
  EXPECT_TRUE(absl::StartsWith(pem, "-----BEGIN PUBLIC KEY-----\n")) << pem;
}

}  // namespace
}  // namespace oauth1d::oauth1
