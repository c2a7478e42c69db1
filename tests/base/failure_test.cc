#include "server/base/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace oauth1d {
namespace {

using ::testing::SizeIs;

TEST(FailureTest, CarriesItsDetails) {
  absl::Status status = Fail(Reason::kProviderRejected, "the provider refused");
  status = WithSent(status, Sent::kYes);
  status = WithHttpStatus(status, 401);
  status = WithOAuthProblem(status, "token_used");
  status = WithRetryAfter(status, absl::Seconds(3));
  status = WithAppState(status, absl::string_view("a\0b", 3));
  EXPECT_THAT(status, FailsWith(Reason::kProviderRejected));
  EXPECT_EQ(SentOf(status), Sent::kYes);
  EXPECT_EQ(HttpStatusOf(status), 401);
  EXPECT_EQ(OAuthProblemOf(status), "token_used");
  EXPECT_EQ(RetryAfterOf(status), absl::Seconds(3));
  EXPECT_EQ(AppStateOf(status), std::string("a\0b", 3));
}

TEST(FailureTest, SaysNothingThatItWasNotTold) {
  const absl::Status status = absl::UnavailableError("away");
  EXPECT_EQ(ReasonOf(status), Reason::kUnspecified);
  EXPECT_EQ(SentOf(status), Sent::kNo);
  EXPECT_EQ(HttpStatusOf(status), 0);
  EXPECT_EQ(RetryAfterOf(status), std::nullopt);
  EXPECT_EQ(AppStateOf(status), std::nullopt);
}

TEST(FailureTest, TellsOfEveryFieldAtOnce) {
  FieldViolations inner;
  inner.Add("name", "is empty");
  FieldViolations violations;
  violations.Add("call.headers[2]", inner.ToStatus());
  violations.Add("provider", "is required");
  const absl::Status status = violations.ToStatus();
  EXPECT_THAT(FieldViolationsOf(status), SizeIs(2));
  EXPECT_THAT(status, FaultsField("call.headers[2].name"));
  EXPECT_THAT(status, FaultsField("provider"));
  EXPECT_EQ(status.message(), "call.headers[2].name: is empty; provider: is required");
  EXPECT_TRUE(FieldViolations().ToStatus().ok());
}

TEST(FailureTest, ViolationsAreBoundedSoThatAHostileRequestCostsLittle) {
  FieldViolations violations;
  for (int i = 0; i < 1'000'000; ++i) violations.Add("field", "is bad");
  EXPECT_TRUE(violations.full());
  EXPECT_THAT(FieldViolationsOf(violations.ToStatus()), SizeIs(FieldViolations::kMost));
}

TEST(FailureTest, TextFromOutsideIsEscapedAndCut) {
  EXPECT_EQ(EscapeForPeople("plain text"), "plain text");
  EXPECT_EQ(EscapeForPeople("a\r\n\"\\\xff"), "a\\x0d\\x0a\\x22\\x5c\\xff");
  EXPECT_EQ(EscapeForPeople("abcdef", 3), "abc");
  EXPECT_EQ(EscapeForPeople("ab\xff", 5), "ab");
}

}  // namespace
}  // namespace oauth1d
