// Certificates made on the spot by the openssl command.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/config/config_folder.h"

namespace oauth1d::config {
namespace {

using ::testing::IsEmpty;
using ::testing::IsNull;
using ::testing::NotNull;

class TlsFilesTest : public testing::Test {
 protected:
  void Run(const std::string& command) const {
    ASSERT_EQ(std::system(("cd " + folder_.path() + " && " + command + " >log 2>&1").c_str()), 0) << command;
  }
  // NAME.pem and NAME.key, valid from now for so many days.
  void MakeCertificate(const std::string& name, int days) const {
    Run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost -days " +
        std::to_string(days) + " -keyout " + name + ".key -out " + name + ".pem && chmod 0600 " + name + ".key");
  }
  std::string Text(const std::string& file) const {
    std::ostringstream text;
    text << std::ifstream(folder_.path() + "/" + file).rdbuf();
    return text.str();
  }
  Loaded LoadWithTls(const std::string& cert_file, const std::string& key_file, absl::Time now = absl::Now()) const {
    Pieces pieces;
    pieces.listen = "listen: {tls: {cert_file: " + cert_file + ", key_file: " + key_file + "}}\n";
    return LoadText(pieces.Text(), folder_.path(), now, folder_.Environment());
  }
  Loaded LoadWithCa(const std::string& ca_file) const {
    Pieces pieces;
    pieces.more = "  egress: {ca_file: " + ca_file + "}\n";
    return folder_.Load(pieces.Text());
  }

  ConfigFolder folder_;
};

TEST_F(TlsFilesTest, LoadsACertificateAndItsKey) {
  MakeCertificate("a", 30);
  const Loaded loaded = LoadWithTls("a.pem", "a.key");
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  EXPECT_THAT(loaded.warnings, IsEmpty()) << ToLines(loaded.warnings);
  ASSERT_TRUE(loaded.snapshot->listen.tls.has_value());
  EXPECT_EQ(loaded.snapshot->listen.tls->certificate_pem, Text("a.pem"));
  EXPECT_EQ(loaded.snapshot->listen.tls->private_key_pem.Reveal(), Text("a.key"));
  EXPECT_FALSE(loaded.snapshot->listen.reflection);
}

TEST_F(TlsFilesTest, AKeyOfAnotherCertificateIsAMistake) {
  MakeCertificate("a", 30);
  MakeCertificate("b", 30);
  const Loaded loaded = LoadWithTls("a.pem", "b.key");
  EXPECT_THAT(loaded.snapshot, IsNull());
  EXPECT_THAT(loaded.mistakes, HasMistake("listen.tls.key_file", "does not belong to"));
}

TEST_F(TlsFilesTest, GarbageIsAMistake) {
  MakeCertificate("a", 30);
  folder_.Write("garbage", "garbage");
  folder_.Write("damaged", Text("a.pem") + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  Run("openssl ec -in a.key -aes256 -passout pass:a -out locked.key && chmod 0600 locked.key");
  EXPECT_THAT(LoadWithTls("garbage", "garbage").mistakes, HasMistake("listen.tls.cert_file", "no certificate in PEM"));
  EXPECT_THAT(LoadWithTls("garbage", "garbage").mistakes, HasMistake("listen.tls.key_file", "no private key in PEM"));
  EXPECT_THAT(LoadWithTls("damaged", "a.key").mistakes, HasMistake("listen.tls.cert_file", "damaged"));
  EXPECT_THAT(LoadWithTls("a.key", "a.pem").mistakes, HasMistake("listen.tls.cert_file", "no certificate in PEM"));
  EXPECT_THAT(LoadWithTls("a.pem", "locked.key").mistakes, HasMistake("listen.tls.key_file", "has a passphrase"));
}

TEST_F(TlsFilesTest, DatesAreWarnings) {
  MakeCertificate("a", 30);
  const absl::Time now = absl::Now();
  EXPECT_THAT(LoadWithTls("a.pem", "a.key", now + absl::Hours(24 * 31)).warnings,
              HasMistake("listen.tls.cert_file", "has expired"));
  EXPECT_THAT(LoadWithTls("a.pem", "a.key", now + absl::Hours(24 * 20)).warnings,
              HasMistake("listen.tls.cert_file", "within two weeks"));
  EXPECT_THAT(LoadWithTls("a.pem", "a.key", now - absl::Hours(24)).warnings,
              HasMistake("listen.tls.cert_file", "not valid yet"));
}

TEST_F(TlsFilesTest, AnAuthorityFileHoldsCertificates) {
  MakeCertificate("a", 30);
  folder_.Write("garbage", "garbage");
  const Loaded loaded = LoadWithCa("a.pem");
  ASSERT_THAT(loaded.snapshot, NotNull()) << ToLines(loaded.mistakes);
  EXPECT_EQ(loaded.snapshot->providers[0]->network_rules->ca_pem, Text("a.pem"));
  EXPECT_THAT(LoadWithCa("garbage").mistakes,
              HasMistake("providers[0].egress.ca_file", "the file holds no certificate in PEM"));
}

}  // namespace
}  // namespace oauth1d::config
