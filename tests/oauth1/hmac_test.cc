#include "server/oauth1/hmac.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <vector>

#include "absl/strings/escaping.h"

namespace oauth1d::oauth1 {
namespace {

std::string Code(HmacDigest digest, absl::string_view key, absl::string_view text) {
  std::string base64;
  KeyedHmac::Create(digest, key)->Sign(text, base64);
  std::string code;
  EXPECT_TRUE(absl::Base64Unescape(base64, &code));
  return absl::BytesToHexString(code);
}

// RFC 2202 section 3 and RFC 4231 section 4: a short key, and one longer than any digest's block.
TEST(HmacTest, IsThatOfTheRfcs) {
  EXPECT_EQ(Code(HmacDigest::kSha1, "Jefe", "what do ya want for nothing?"),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(Code(HmacDigest::kSha1, std::string(80, '\xAA'), "Test Using Larger Than Block-Size Key - Hash Key First"),
            "aa4ae5e15272d00e95705637ce8a3b55ed402112");
  EXPECT_EQ(Code(HmacDigest::kSha256, "Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(
      Code(HmacDigest::kSha256, std::string(131, '\xAA'), "Test Using Larger Than Block-Size Key - Hash Key First"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(
      Code(HmacDigest::kSha512, "Jefe", "what do ya want for nothing?"),
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b"
      "4b636e070a38bce737");
  EXPECT_EQ(
      Code(HmacDigest::kSha512, std::string(131, '\xAA'), "Test Using Larger Than Block-Size Key - Hash Key First"),
      "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec"
      "8b915a985d786598");
}

TEST(HmacTest, IsOpenSslsForEveryLengthOfKeyAndText) {
  const std::vector<std::pair<HmacDigest, const EVP_MD*>> digests = {
      {HmacDigest::kSha1, EVP_sha1()}, {HmacDigest::kSha256, EVP_sha256()}, {HmacDigest::kSha512, EVP_sha512()}};
  std::string bytes;
  for (int i = 0; i < 300; ++i) bytes.push_back(static_cast<char>(i * 7));
  for (const auto& [digest, md] : digests) {
    for (size_t key_size = 0; key_size < 300; key_size += 3) {
      const std::string key = bytes.substr(0, key_size);
      const std::unique_ptr<KeyedHmac> hmac = KeyedHmac::Create(digest, key);
      for (const size_t size : {0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 300}) {
        unsigned char code[EVP_MAX_MD_SIZE];
        unsigned int code_size = 0;
        HMAC(md, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(bytes.data()), size,
             code, &code_size);
        std::string base64 = "what was there";
        hmac->Sign(absl::string_view(bytes).substr(0, size), base64);
        ASSERT_EQ(base64, absl::Base64Escape(absl::string_view(reinterpret_cast<const char*>(code), code_size)))
            << key_size << " " << size;
      }
    }
  }
}

}  // namespace
}  // namespace oauth1d::oauth1
