#include "server/flow/caller_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/flow/nonce.h"
#include "tests/support/fake_environment.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::flow {
namespace {

absl::Status CheckOne(const std::string& name, const std::string& value = "x") {
  FieldViolations violations;
  CheckHeaders({{name, value}}, "call.headers", violations);
  return violations.ToStatus();
}

TEST(HeadersTest, OrdinaryOnesPass) {
  for (const char* name : {"Accept", "If-None-Match", "X-Api_Version", "User-Agent", "accept-encoding", "Origin"}) {
    EXPECT_THAT(CheckOne(name), IsOk()) << name;
  }
  EXPECT_THAT(CheckOne("X-Bytes", "tab\there, \xff\x80"), IsOk());
}

TEST(HeadersTest, OursAreRefusedInAnySpelling) {
  for (const char* name : {"Host",
                           "HOST",
                           "Authorization",
                           "authorization",
                           "Content-Length",
                           "Content_Length",
                           "content-type",
                           "Content_Type",
                           "Transfer-Encoding",
                           "transfer_encoding",
                           "Connection",
                           "Keep-Alive",
                           "TE",
                           "Trailer",
                           "Upgrade",
                           "Expect",
                           "Cookie",
                           "Proxy-Authorization",
                           "proxy_connection",
                           "Via",
                           "Forwarded"}) {
    EXPECT_THAT(CheckOne(name), FaultsField("call.headers[0].name")) << name;
  }
}

TEST(HeadersTest, NothingCanBeSmuggled) {
  for (const char* name : {"", "A B", "A:", "A\r\nB", "\xc3\xa4", "A\t", "(A)"}) {
    EXPECT_THAT(CheckOne(name), FaultsField("call.headers[0].name")) << name;
  }
  for (const std::string& value : {std::string("a\r\nHost: b"), std::string("a\nb"), std::string("a\0b", 3),
                                   std::string("\x7f"), std::string("\x1b[31m")}) {
    EXPECT_THAT(CheckOne("A", value), FaultsField("call.headers[0].value"));
  }
}

TEST(HeadersTest, ThereIsALimit) {
  FieldViolations violations;
  CheckHeaders(std::vector<egress::HeaderField>(101, {"A", "b"}), "call.headers", violations);
  EXPECT_THAT(violations.ToStatus(), FaultsField("call.headers"));
}

TEST(HeadersTest, CallersSeeNoCookiesChallengesOrHops) {
  const std::vector<egress::HeaderField> visible = VisibleHeaders({{"Content-Type", "text/plain"},
                                                                   {"Set-Cookie", "a=b"},
                                                                   {"WWW-Authenticate", "OAuth"},
                                                                   {"Connection", "keep-alive, X-Hop"},
                                                                   {"x-hop", "1"},
                                                                   {"Transfer-Encoding", "chunked"},
                                                                   {"Proxy-Status", "x"},
                                                                   {"X-Rate", "1"},
                                                                   {"X-Rate", "2"}});
  ASSERT_EQ(visible.size(), 3U);
  EXPECT_EQ(visible[0].name, "Content-Type");
  EXPECT_EQ(visible[1].value, "1");
  EXPECT_EQ(visible[2].value, "2");
}

TEST(ProtocolParametersTest, AreTheServicesOwn) {
  FieldViolations violations;
  CheckNoProtocolParameters({{"oauth_token", ""}, {"OAuth_nonce", ""}, {"oauth", ""}, {"x_oauth_y", ""}}, "query",
                            violations);
  EXPECT_THAT(violations.ToStatus(), FaultsField("query[0].name"));
  EXPECT_THAT(violations.ToStatus(), FaultsField("query[1].name"));
  EXPECT_EQ(FieldViolationsOf(violations.ToStatus()).size(), 2U);
}

TEST(NonceTest, IsTwentyTwoLettersAndDigitsAndEachIsUsed) {
  FakeEnvironment environment;
  Nonces nonces(environment);
  std::array<int, 256> counts{};
  constexpr int kNonces = 5000;
  for (int i = 0; i < kNonces; ++i) {
    ASSERT_OK_AND_ASSIGN(const std::string nonce, nonces.Next());
    ASSERT_THAT(nonce, ::testing::MatchesRegex("[A-Za-z0-9]{22}"));
    for (const char c : nonce) ++counts[static_cast<unsigned char>(c)];
  }
  // Chi-square over 62 letters: 61 degrees of freedom, 1 in a million beyond 127.
  const double expected = kNonces * 22 / 62.0;
  double chi_square = 0;
  for (const char c : std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")) {
    const double off = counts[static_cast<unsigned char>(c)] - expected;
    chi_square += off * off / expected;
  }
  EXPECT_LT(chi_square, 127);
}

TEST(NonceTest, IsNeverWeak) {
  FakeEnvironment environment;
  environment.BreakRandomness();
  Nonces nonces(environment);
  EXPECT_THAT(nonces.Next(), HasCode(absl::StatusCode::kInternal));
}

}  // namespace
}  // namespace oauth1d::flow
