#include "server/oauth1/body_hash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace oauth1d::oauth1 {
namespace {

using ::testing::HasSubstr;

// draft-eaton-oauth-bodyhash-00, and the hashes of nothing.
TEST(BodyHashTest, IsThatOfTheDraft) {
  EXPECT_EQ(ComputeBodyHash(BodyHash::kSha1, "Hello World!"), "Lve95gjOVATpfV8EL5X4nxwjKHE=");
  EXPECT_EQ(ComputeBodyHash(BodyHash::kSha1, ""), "2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
  EXPECT_EQ(ComputeBodyHash(BodyHash::kSha256, ""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  EXPECT_EQ(ComputeBodyHash(BodyHash::kSha256, "Hello World!"), "f4OxZX/x/FO5LcGBSKHWXfwtSx+j1ncoSt3SABJtkGk=");
}

TEST(BodyHashTest, CoversEveryByte) {
  const std::string body("a\0b\xFF\r\n", 6);
  EXPECT_NE(ComputeBodyHash(BodyHash::kSha256, body), ComputeBodyHash(BodyHash::kSha256, body.substr(0, 5)));
  EXPECT_NE(ComputeBodyHash(BodyHash::kSha1, body), ComputeBodyHash(BodyHash::kSha1, body.c_str()));
}

TEST(BodyHashTest, IsSpelledAsInTheConfiguration) {
  EXPECT_THAT(ParseBodyHash("none"), IsOkAnd(BodyHash::kNone));
  EXPECT_THAT(ParseBodyHash("sha1"), IsOkAnd(BodyHash::kSha1));
  EXPECT_THAT(ParseBodyHash("sha256"), IsOkAnd(BodyHash::kSha256));
  for (const char* name : {"", "SHA1", "sha-1", "sha512", "md5"}) {
    const absl::Status status = ParseBodyHash(name).status();
    EXPECT_THAT(status, HasCode(absl::StatusCode::kInvalidArgument)) << name;
    EXPECT_THAT(std::string(status.message()), HasSubstr("none, sha1, sha256"));
  }
}

}  // namespace
}  // namespace oauth1d::oauth1
