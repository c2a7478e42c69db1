#include "server/oauth1/problem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace oauth1d::oauth1 {
namespace {

using ::testing::AllOf;
using ::testing::Field;
using ::testing::Optional;

auto Says(const std::string& name, const std::string& advice = "") {
  return Optional(AllOf(Field(&Problem::name, name), Field(&Problem::advice, advice)));
}

TEST(ProblemTest, StandsInAChallenge) {
  for (const char* challenge : {
           "OAuth oauth_problem=token_rejected",
           "OAuth oauth_problem=\"token_rejected\"",
           "OAuth realm=\"http://h/\", oauth_problem=\"token_rejected\"",
           "OAuth realm=\"http://h/\",oauth_problem=token_rejected",
           "oauth realm=\"a\" , oauth_problem = \"token_rejected\" ",
           "  OAuth   oauth_problem=token_rejected  ",
           "OAuth oauth_problem=token%5Frejected",
           "OAuth oauth_problem=token_rejected, oauth_problem=other",
           "OAuth realm=\"a, b=c\", oauth_problem=\"token_rejected\"",
           "OAuth ,,, oauth_problem=token_rejected,",
       }) {
    EXPECT_THAT(FindProblem({challenge}, ""), Says("token_rejected")) << challenge;
  }
}

TEST(ProblemTest, BringsItsAdvice) {
  EXPECT_THAT(
      FindProblem({"OAuth oauth_problem=\"timestamp_refused\", oauth_problem_advice=\"Set%20your%20clock\""}, ""),
      Says("timestamp_refused", "Set your clock"));
  EXPECT_THAT(FindProblem({}, "oauth_problem_advice=Set+your+clock&oauth_problem=timestamp_refused"),
              Says("timestamp_refused", "Set your clock"));
  EXPECT_EQ(FindProblem({"OAuth oauth_problem_advice=alone"}, ""), std::nullopt);
}

TEST(ProblemTest, IsFoundInTheFirstChallengeThatHasOneAndThenInTheBody) {
  EXPECT_THAT(FindProblem({"Basic realm=\"x\"", "OAuth realm=\"x\"", "OAuth oauth_problem=nonce_used"},
                          "oauth_problem=token_rejected"),
              Says("nonce_used"));
  EXPECT_THAT(FindProblem({"OAuth realm=\"x\""}, "oauth_problem=token_rejected"), Says("token_rejected"));
  EXPECT_EQ(FindProblem({"Basic oauth_problem=token_rejected"}, ""), std::nullopt);
  EXPECT_EQ(FindProblem({}, ""), std::nullopt);
  EXPECT_EQ(FindProblem({"", " ", "OAuth", "OAuth ", "OAuth =", "OAuth ,", "OAuth oauth_problem",
                         "OAuth oauth_problem=", "OAuth oauth_problem=\"", "OAuth oauth_problem=\"\""},
                        ""),
            std::nullopt);
}

TEST(ProblemTest, StandsInABodyThatIsAForm) {
  for (const char* body : {"oauth_problem=token_rejected", "oauth_problem=token_rejected\n",
                           "\r\n oauth_problem=token_rejected", "a=b&oauth_problem=token_rejected",
                           "oauth_problem=token_rejected&realm=<b>", "oauth%5Fproblem=token_rejected"}) {
    EXPECT_THAT(FindProblem({}, body), Says("token_rejected")) << body;
  }
}

TEST(ProblemTest, APageThatMentionsOneHasNone) {
  for (const char* body : {
           "<html><a href=\"/?a=b&oauth_problem=token_rejected\">again</a></html>",
           "<p>oauth_problem=token_rejected</p>",
           "{\"next\":\"https://h/?a=b&oauth_problem=token_rejected\"}",
           "[\"&oauth_problem=token_rejected\"]",
           "See https://h/?a=b&oauth_problem=token_rejected for more",
           "\"&oauth_problem=token_rejected\"",
           "&oauth_problem=token_rejected",
           "=&oauth_problem=token_rejected",
           "oauth_problem",
           "oauth_problems=token_rejected",
       }) {
    EXPECT_EQ(FindProblem({}, body), std::nullopt) << body;
  }
}

TEST(ProblemTest, ALongBodyIsNotRead) {
  const std::string filler(4096, 'x');
  EXPECT_EQ(FindProblem({}, absl::StrCat("oauth_problem=token_rejected&a=", filler)), std::nullopt);
}

TEST(ProblemTest, IsEscapedAndCutForPeople) {
  EXPECT_THAT(FindProblem({}, "oauth_problem=a%0d%0a{\"level\":\"info\"}%1b[31m&oauth_problem_advice=%FF%00\"x\\"),
              Says("a\\x0d\\x0a{\\x22level\\x22:\\x22info\\x22}\\x1b[31m", "\\xff\\x00\\x22x\\x5c"));
  EXPECT_THAT(FindProblem({absl::StrCat("OAuth oauth_problem=\"", std::string(1000, 'p'), "\"")}, ""),
              Says(std::string(256, 'p')));
}

TEST(ProblemTest, OtherSchemesMayStandInTheSameField) {
  for (const char* field : {
           "Basic realm=\"x\", OAuth realm=\"y\", oauth_problem=\"token_rejected\"",
           "OAuth realm=\"y\", oauth_problem=\"token_rejected\", Basic realm=\"x\", oauth_problem=other",
           "Basic realm=\"OAuth oauth_problem=no\", OAuth oauth_problem=token_rejected",
           "Negotiate, OAuth oauth_problem=token_rejected",
           "Negotiate YIIBmQYJKoZ+IhvcNAQ==, OAuth oauth_problem=token_rejected",
           "Digest nonce=\"a\\\"b, OAuth oauth_problem=no\", OAUTH oauth_problem=token_rejected",
           "OAuth realm=\"first\", OAuth realm=\"second\", oauth_problem=token_rejected",
           "OAuth realm=\"y\" oauth_problem=\"token_rejected\"",
           "Bearer\tOAuth\toauth_problem\t=\t\"token_rejected\"",
       }) {
    EXPECT_THAT(FindProblem({field}, ""), Says("token_rejected")) << field;
  }
  EXPECT_EQ(FindProblem({"OAuth realm=\"y\", Basic realm=\"x\", oauth_problem=token_rejected"}, ""), std::nullopt);
  EXPECT_EQ(FindProblem({"OAuth2 oauth_problem=token_rejected"}, ""), std::nullopt);
}

auto Accepts(int64_t low, int64_t high) {
  return Optional(Field(&Problem::acceptable_timestamps, Optional(std::make_pair(low, high))));
}

TEST(ProblemTest, MaySayWhichTimestampsAreAcceptable) {
  EXPECT_THAT(FindProblem({}, "oauth_problem=timestamp_refused&oauth_acceptable_timestamps=1200000000-1200000300"),
              Accepts(1200000000, 1200000300));
  EXPECT_THAT(FindProblem({"OAuth oauth_problem=\"timestamp_refused\", oauth_acceptable_timestamps=\"5-5\""}, ""),
              Accepts(5, 5));
  EXPECT_THAT(FindProblem({"OAuth oauth_acceptable_timestamps=1%2D2, oauth_problem=timestamp_refused"}, ""),
              Accepts(1, 2));
  for (const char* text :
       {"", "-", "1", "1-", "-2", "2-1", "a-b", "1-2-3", "-5--1", "1-99999999999999999999", "1.5-2"}) {
    EXPECT_THAT(FindProblem({}, absl::StrCat("oauth_problem=timestamp_refused&oauth_acceptable_timestamps=", text)),
                Optional(Field(&Problem::acceptable_timestamps, std::nullopt)))
        << text;
  }
  EXPECT_EQ(FindProblem({}, "oauth_acceptable_timestamps=1-2"), std::nullopt) << "no problem, no timestamps";
}

TEST(ProblemTest, SomeMeanThatTheTokenIsOver) {
  for (const char* name : {"token_rejected", "token_revoked", "token_expired", "token_used"}) {
    EXPECT_TRUE(MeansTokenRejected(name)) << name;
    EXPECT_FALSE(MeansConsumerRejected(name)) << name;
  }
  for (const char* name : {"", "token", "TOKEN_REJECTED", "nonce_used", "timestamp_refused", "permission_denied"}) {
    EXPECT_FALSE(MeansTokenRejected(name)) << name;
    EXPECT_FALSE(MeansConsumerRejected(name)) << name;
  }
}

TEST(ProblemTest, SomeMeanThatTheOperatorMustAct) {
  for (const char* name :
       {"consumer_key_unknown", "consumer_key_rejected", "consumer_key_refused", "signature_invalid"}) {
    EXPECT_TRUE(MeansConsumerRejected(name)) << name;
    EXPECT_FALSE(MeansTokenRejected(name)) << name;
  }
}

}  // namespace
}  // namespace oauth1d::oauth1
