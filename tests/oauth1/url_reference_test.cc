#include "server/oauth1/url_reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/oauth1/destination_corpus.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::oauth1 {
namespace {

using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<Url> Bases(const std::vector<absl::string_view>& texts) {
  std::vector<Url> bases;
  for (const absl::string_view text : texts) {
    const absl::StatusOr<Url> base = Url::Parse(text);
    EXPECT_THAT(base, IsOk()) << text;
    if (base.ok()) bases.push_back(*base);
  }
  return bases;
}

TEST(ResolveInsideTest, DeniesWhatLeadsOut) {
  const std::vector<Url> bases = Bases(CorpusBases());
  for (const absl::string_view reference : DeniedReferences()) {
    EXPECT_THAT(ResolveInside(bases, reference), FailsWith(Reason::kDestinationDenied)) << absl::CHexEscape(reference);
  }
}

TEST(ResolveInsideTest, RefusesWhatIsNoReference) {
  const std::vector<Url> bases = Bases(CorpusBases());
  for (const absl::string_view reference : InvalidReferences()) {
    EXPECT_THAT(ResolveInside(bases, reference), HasCode(absl::StatusCode::kInvalidArgument))
        << absl::CHexEscape(reference);
  }
}

TEST(ResolveInsideTest, AllowsWhatStaysInside) {
  const std::vector<Url> bases = Bases(CorpusBases());
  for (const auto& [reference, expected] : AllowedReferences()) {
    ASSERT_OK_AND_ASSIGN(const Url url, ResolveInside(bases, reference));
    EXPECT_EQ(url.ToString(), expected) << reference;
  }
}

TEST(ResolveInsideTest, TheCorpusIsNoSmallerThanPromised) {
  EXPECT_THAT(DeniedReferences().size() + InvalidReferences().size(), Ge(200U));
}

TEST(ResolveInsideTest, EveryDeniedPathIsDeniedAbsoluteToo) {
  const std::vector<Url> bases = Bases(CorpusBases());
  for (const absl::string_view reference : DeniedReferences()) {
    if (!absl::StartsWith(reference, ".") && !absl::StartsWith(reference, "%")) continue;
    const std::string absolute = absl::StrCat("https://api.example.com/1.1/", reference);
    EXPECT_THAT(ResolveInside(bases, absolute), FailsWith(Reason::kDestinationDenied)) << absl::CHexEscape(absolute);
  }
}

TEST(ResolveInsideTest, SaysNothingOfTheReference) {
  const std::vector<Url> bases = Bases(CorpusBases());
  for (const char* reference : {"../canary", "https://canary.example/", "https://canary@api.example.com/", "canary#",
                                "canary canary", "canary%", "https://canary:canary/", "canary:x", "canary\\"}) {
    const absl::Status status = ResolveInside(bases, reference).status();
    EXPECT_FALSE(status.ok()) << reference;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("canary"))) << reference;
  }
}

TEST(ResolveInsideTest, WithoutBasesNothingIsInside) {
  EXPECT_THAT(ResolveInside({}, "x"), FailsWith(Reason::kDestinationDenied));
  EXPECT_THAT(ResolveInside({}, "https://api.example.com/"), FailsWith(Reason::kDestinationDenied));
}

TEST(ResolveInsideTest, ABaseAtTheRootHoldsItsWholeOrigin) {
  const std::vector<Url> bases = Bases({"http://[::1]:9000/"});
  ASSERT_OK_AND_ASSIGN(const Url climbed, ResolveInside(bases, "../../x"));
  EXPECT_EQ(climbed.ToString(), "http://[::1]:9000/x");
  ASSERT_OK_AND_ASSIGN(const Url network_path, ResolveInside(bases, "//[::1]:9000/y"));
  EXPECT_EQ(network_path.ToString(), "http://[::1]:9000/y") << "the scheme is the base's";
  EXPECT_THAT(ResolveInside(bases, "http://[::1]/x"), FailsWith(Reason::kDestinationDenied));
  EXPECT_THAT(ResolveInside(bases, "https://[::1]:9000/x"), FailsWith(Reason::kDestinationDenied));
  EXPECT_THAT(ResolveInside(bases, "%2e%2e/x"), FailsWith(Reason::kDestinationDenied));
}

// Each decoding costs the path's length: without an end to them, one long reference would hold a thread for minutes.
TEST(ResolveInsideTest, ALongReferenceEncodedManyTimesIsDeniedAtOnce) {
  std::string reference = "%";
  while (reference.size() < 1'000'000) reference += "25";
  const absl::Time start = absl::Now();
  EXPECT_THAT(ResolveInside(Bases(CorpusBases()), reference + "41"), FailsWith(Reason::kDestinationDenied));
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
}

}  // namespace
}  // namespace oauth1d::oauth1
