#include "server/rpc/traceparent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/fake_environment.h"

namespace oauth1d::rpc {
namespace {

using ::testing::MatchesRegex;

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kParent[] = "00f067aa0ba902b7";

std::string With(absl::string_view version, absl::string_view flags, absl::string_view more = "") {
  return absl::StrCat(version, "-", kTrace, "-", kParent, "-", flags, more);
}

TEST(TraceparentTest, ReadsWhatTheW3cWrites) {
  const auto sampled = ParseTraceparent(With("00", "01"));
  ASSERT_TRUE(sampled.has_value());
  EXPECT_EQ(sampled->trace_id, kTrace);
  EXPECT_EQ(sampled->parent_span_id, kParent);
  EXPECT_TRUE(sampled->sampled);
  const auto silent = ParseTraceparent(With("00", "00"));
  ASSERT_TRUE(silent.has_value());
  EXPECT_FALSE(silent->sampled);
}

TEST(TraceparentTest, LooksAtTheOneFlagThatItKnows) {
  for (const auto& [flags, sampled] :
       {std::pair("03", true), {"ff", true}, {"fe", false}, {"02", false}, {"0a", false}, {"0b", true}}) {
    const auto read = ParseTraceparent(With("00", flags));
    ASSERT_TRUE(read.has_value()) << flags;
    EXPECT_EQ(read->sampled, sampled) << flags;
  }
}

TEST(TraceparentTest, ReadsWhatItKnowsOfVersionsToCome) {
  for (const std::string& text : {With("01", "01"), With("cc", "01", "-what-the-future-will-be-like"),
                                  With("fe", "01", "-"), With("01", "01", "-\x01")}) {
    const auto read = ParseTraceparent(text);
    ASSERT_TRUE(read.has_value()) << text;
    EXPECT_EQ(read->trace_id, kTrace);
    EXPECT_TRUE(read->sampled);
  }
}

TEST(TraceparentTest, AnythingElseIsNone) {
  std::string upper = With("00", "01");
  upper[4] = 'B';
  std::string blank = With("00", "01");
  blank[40] = ' ';
  const std::string zeros(32, '0');
  for (const std::string& text : {std::string(),
                                  std::string("x"),
                                  upper,
                                  blank,
                                  With("ff", "01"),
                                  With("ff", "01", "-more"),
                                  With("FE", "01"),
                                  With("0g", "01"),
                                  With("00", "01", "-more"),
                                  With("00", "01", "-"),
                                  With("00", "01", " "),
                                  With(" 00", "01"),
                                  With("00", "1"),
                                  With("00", "0x"),
                                  With("00", "0G"),
                                  With("0", "01"),
                                  With("000", "01"),
                                  With("01", "01", "more"),
                                  With("01", "01", "."),
                                  absl::StrCat("00-", zeros, "-", kParent, "-01"),
                                  absl::StrCat("00-", kTrace, "-", zeros.substr(16), "-01"),
                                  absl::StrCat("00-", kTrace, "-01"),
                                  absl::StrCat("00-", kTrace, "x", kParent, "-01"),
                                  absl::StrCat("00x", kTrace, "-", kParent, "-01"),
                                  absl::StrCat("00-", kTrace, "-", kParent, "x01"),
                                  With("00", "01").substr(0, 54),
                                  absl::StrCat(kTrace),
                                  With("00", "01", std::string("\0", 1)),
                                  std::string(55, '-'),
                                  std::string(1 << 20, '0')}) {
    EXPECT_FALSE(ParseTraceparent(text).has_value()) << text.substr(0, 80);
  }
}

TEST(TraceOfTest, TheSpanIsTheRpcsOwnAndItsParentTheCallers) {
  FakeEnvironment environment;
  const flow::Trace trace = TraceOf(With("00", "01"), environment);
  EXPECT_EQ(trace.trace_id, kTrace);
  EXPECT_EQ(trace.parent_span_id, kParent);
  EXPECT_THAT(trace.span_id, MatchesRegex("[0-9a-f]{16}"));
  EXPECT_NE(trace.span_id, kParent);
  EXPECT_TRUE(trace.sampled);
  EXPECT_NE(TraceOf(With("00", "01"), environment).span_id, trace.span_id);
}

TEST(TraceOfTest, ACallWithoutATraceBeginsOneThatNobodyWaitsFor) {
  FakeEnvironment environment;
  for (const char* text : {"", "00-nonsense"}) {
    const flow::Trace trace = TraceOf(text, environment);
    EXPECT_THAT(trace.trace_id, MatchesRegex("[0-9a-f]{32}"));
    EXPECT_THAT(trace.span_id, MatchesRegex("[0-9a-f]{16}"));
    EXPECT_EQ(trace.parent_span_id, "");
    EXPECT_FALSE(trace.sampled);
  }
}

TEST(TraceOfTest, NoRandomnessNoSpansButTheCallersTraceIsKept) {
  FakeEnvironment environment;
  environment.BreakRandomness();
  const flow::Trace trace = TraceOf(With("00", "01"), environment);
  EXPECT_EQ(trace.trace_id, kTrace);
  EXPECT_EQ(trace.span_id, "");
  EXPECT_FALSE(trace.sampled);
  EXPECT_EQ(TraceOf("", environment).trace_id, "");
}

}  // namespace
}  // namespace oauth1d::rpc
