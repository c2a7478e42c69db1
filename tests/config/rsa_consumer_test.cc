// Consumers that sign with RSA.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/config/config_folder.h"
#include "tests/config/rsa_keys.h"

namespace oauth1d::config {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::NotNull;

constexpr char kPath[] = "providers[0].consumers[0].rsa_private_key";

class RsaConsumerTest : public testing::Test {
 protected:
  // A consumer with this key, of a provider that signs everything with RSA.
  Loaded LoadWithKey(const std::string& fields) {
    Pieces pieces;
    pieces.consumers = "  consumers: [{name: main, key: demo-key, " + fields + "}]\n";
    pieces.more = "  signature_method: RSA-SHA1\n";
    return folder_.Load(pieces.Text());
  }
  // The public key of what was loaded.
  static std::string PublicKeyOf(const Loaded& loaded) {
    if (loaded.snapshot == nullptr) return ToLines(loaded.mistakes);
    const std::shared_ptr<const oauth1::RsaKey>& key = loaded.snapshot->providers[0]->consumers[0].rsa_key;
    return key == nullptr ? "no key" : key->PublicKeyPem();
  }

  ConfigFolder folder_;
};

TEST_F(RsaConsumerTest, NeedsNoSecret) {
  folder_.Write("key.pem", RsaKeyPem());
  const Loaded loaded = LoadWithKey("rsa_private_key: {file: key.pem}");
  EXPECT_EQ(PublicKeyOf(loaded), RsaPublicKeyPem());
  EXPECT_TRUE(loaded.snapshot->providers[0]->consumers[0].secret.empty());
}

TEST_F(RsaConsumerTest, AKeyMayComeFromTheEnvironment) {
  folder_.SetVariable("RSA_KEY", RsaKeyPem());
  EXPECT_EQ(PublicKeyOf(LoadWithKey("rsa_private_key: {env: RSA_KEY}")), RsaPublicKeyPem());
}

TEST_F(RsaConsumerTest, AnEncryptedKeyNeedsItsPassphrase) {
  folder_.Write("key.pem", EncryptedRsaKeyPem("pass phrase"));
  folder_.Write("passphrase", "pass phrase\n");
  folder_.SetVariable("WRONG", "canary");
  EXPECT_EQ(
      PublicKeyOf(LoadWithKey("rsa_private_key: {file: key.pem}, rsa_private_key_passphrase: {file: passphrase}")),
      RsaPublicKeyPem());
  EXPECT_THAT(LoadWithKey("rsa_private_key: {file: key.pem}").mistakes,
              HasMistake(std::string(kPath) + ".file", "passphrase"));
  const Loaded wrong = LoadWithKey("rsa_private_key: {file: key.pem}, rsa_private_key_passphrase: {env: WRONG}");
  EXPECT_THAT(wrong.mistakes, HasMistake(std::string(kPath) + ".file", "passphrase"));
  EXPECT_THAT(ToLines(wrong.mistakes), testing::Not(HasSubstr("canary")));
  EXPECT_THAT(LoadWithKey("rsa_private_key: {file: key.pem}, rsa_private_key_passphrase: {env: NONE}").mistakes,
              testing::ElementsAre(testing::Field(&Mistake::path, std::string(kPath) + "_passphrase.env")))
      << "one cause, one line";
}

// Cutting a line break off, as for a secret, would break it.
TEST_F(RsaConsumerTest, ABinaryKeyKeepsItsLastByte) {
  const std::string file = RsaKeyPkcs12("p");
  ASSERT_THAT(file, EndsWith("\n"));
  folder_.Write("key.p12", file);
  folder_.SetVariable("PASSPHRASE", "p");
  EXPECT_EQ(PublicKeyOf(LoadWithKey("rsa_private_key: {file: key.p12}, rsa_private_key_passphrase: {env: PASSPHRASE}")),
            RsaPublicKeyPem());
}

TEST_F(RsaConsumerTest, SaysWhatIsWrongWithAKey) {
  folder_.Write("short.pem", ShortRsaKeyPem());
  folder_.Write("public.pem", RsaPublicKeyPem());
  folder_.Write("empty.pem", "");
  for (const auto& [file, says] : {std::pair<const char*, const char*>{"short.pem", "1024 bits"},
                                   {"public.pem", "public key"},
                                   {"empty.pem", "empty"},
                                   {"none.pem", "No such file"}}) {
    const Loaded loaded = LoadWithKey(std::string("rsa_private_key: {file: ") + file + "}");
    EXPECT_THAT(loaded.mistakes, HasMistake(std::string(kPath) + ".file", says)) << file;
    EXPECT_EQ(loaded.mistakes.size(), 1U) << ToLines(loaded.mistakes);
  }
}

TEST_F(RsaConsumerTest, AKeyThatEverybodyMayReadIsRefused) {
  folder_.Write("key.pem", RsaKeyPem(), 0644);
  EXPECT_THAT(LoadWithKey("rsa_private_key: {file: key.pem}").mistakes,
              HasMistake(std::string(kPath) + ".file", "everybody may read the file"));
}

// Only phases that send requests ask: this provider has no logins.
TEST_F(RsaConsumerTest, APhaseWithoutUrlsAsksForNothing) {
  folder_.Write("key.pem", RsaKeyPem());
  Pieces pieces;
  pieces.record = "  api_base_urls: ['https://a.example/']\n  api: {signature_method: RSA-SHA256}\n";
  pieces.consumers = "  consumers: [{name: main, key: k, rsa_private_key: {file: key.pem}}]\n";
  const Loaded loaded = folder_.Load(pieces.Text());
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  EXPECT_EQ(loaded.snapshot->providers[0]->api.signature_method, oauth1::SignatureMethod::kRsaSha256);
  EXPECT_EQ(loaded.snapshot->providers[0]->request_token.signature_method, oauth1::SignatureMethod::kHmacSha1);
}

TEST_F(RsaConsumerTest, AMixOfPhasesNeedsBoth) {
  folder_.Write("key.pem", RsaKeyPem());
  Pieces pieces;
  pieces.consumers = "  consumers: [{name: main, key: k, rsa_private_key: {file: key.pem}}]\n";
  pieces.more = "  api: {signature_method: RSA-SHA256}\n";
  EXPECT_THAT(folder_.Load(pieces.Text()).mistakes,
              HasMistake("providers[0].consumers[0].secret", "request_token signs with HMAC-SHA1"));
}

}  // namespace
}  // namespace oauth1d::config
