#include "client/cli/public_key_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "tests/client/key_folder.h"
#include "tests/oauth1/test_keys.h"

namespace oauth1d::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class PublicKeyCommandTest : public ::testing::Test {
 protected:
  // What is printed where it works.
  std::string Printed(const std::string& file, const std::string& passphrase_file = "") {
    std::ostringstream out;
    std::ostringstream error;
    EXPECT_EQ(PrintPublicKey(file, passphrase_file, out, error), 0) << error.str();
    EXPECT_EQ(error.str(), "");
    return out.str();
  }

  // The one line on stderr where it does not.
  std::string Complaint(const std::string& file, const std::string& passphrase_file = "") {
    std::ostringstream out;
    std::ostringstream error;
    EXPECT_EQ(PrintPublicKey(file, passphrase_file, out, error), 64);
    EXPECT_EQ(out.str(), "");
    std::string line = error.str();
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1) << line;
    EXPECT_THAT(line, StartsWith("oauth1ctl: " + file + " "));
    return line;
  }

  const KeyFolder folder_;
};

TEST_F(PublicKeyCommandTest, PrintsWhatIsRegisteredWithTheProvider) {
  const std::string expected = oauth1::PublicPem(oauth1::RsaPkey());
  EXPECT_EQ(Printed(folder_.Write("key.pem", oauth1::Pkcs8Pem(oauth1::RsaPkey()))), expected);
  EXPECT_EQ(Printed(folder_.Write("rsa.pem", oauth1::TraditionalPem(oauth1::RsaPkey()))), expected);
  EXPECT_EQ(Printed(folder_.Write("key.p12", oauth1::Pkcs12File(oauth1::RsaPkey(), ""))), expected);
}

TEST_F(PublicKeyCommandTest, AnEncryptedKeyOpensWithThePassphraseInAFile) {
  const std::string file = folder_.Write("key.pem", oauth1::Pkcs8Pem(oauth1::RsaPkey(), "aes-256-cbc", " pass phrase"));
  for (const char* text : {" pass phrase", " pass phrase\n", " pass phrase\r\n"}) {
    EXPECT_EQ(Printed(file, folder_.Write("passphrase", text)), oauth1::PublicPem(oauth1::RsaPkey()));
  }
  EXPECT_THAT(Complaint(file), HasSubstr("needs its passphrase"));
  EXPECT_THAT(Complaint(file, folder_.Write("wrong", "pass phrase\n")), HasSubstr("does not open"));
}

TEST_F(PublicKeyCommandTest, OtherFilesAreNamedForWhatTheyAre) {
  EXPECT_THAT(Complaint(folder_.Write("public.pem", oauth1::PublicPem(oauth1::RsaPkey()))), HasSubstr("public key"));
  EXPECT_THAT(Complaint(folder_.Write("ec.pem", oauth1::Pkcs8Pem(oauth1::EcPkey()))), HasSubstr("is an EC key"));
  EXPECT_THAT(Complaint(folder_.Write("empty", "")), HasSubstr("is empty"));
  EXPECT_THAT(Complaint(folder_.path() + "/nowhere"), HasSubstr("cannot be read: No such file"));
  EXPECT_THAT(Complaint(folder_.path()), HasSubstr("cannot be read: "));
}

TEST_F(PublicKeyCommandTest, APassphraseFileThatIsNotThereIsNamed) {
  const std::string file = folder_.Write("key.pem", oauth1::Pkcs8Pem(oauth1::RsaPkey()));
  std::ostringstream out;
  std::ostringstream error;
  EXPECT_EQ(PrintPublicKey(file, folder_.path() + "/nowhere", out, error), 64);
  EXPECT_THAT(error.str(), AllOf(HasSubstr("/nowhere"), HasSubstr("cannot be read")));
}

}  // namespace
}  // namespace oauth1d::cli
