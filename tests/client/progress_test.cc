#include "client/cli/progress.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"

namespace oauth1d::cli {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

TEST(ProgressTest, TellsBytesRateAndWhatIsLeft) {
  EXPECT_EQ(ProgressText("sent", 5 * kMiB, 20 * kMiB, absl::Seconds(5), 79),
            "sent  [#####                 ]  25%  5.0 MiB of 20.0 MiB  1.0 MiB/s  0:15 left");
}

TEST(ProgressTest, WithoutALengthItTellsTheTime) {
  EXPECT_EQ(ProgressText("received", 3 * kMiB, std::nullopt, absl::Seconds(90), 79),
            "received  3.0 MiB  34.1 KiB/s  1:30");
}

TEST(ProgressTest, EndsAtAHundredPercent) {
  EXPECT_TRUE(absl::StrContains(ProgressText("sent", kMiB, kMiB, absl::Seconds(1), 79), "] 100%"));
  EXPECT_TRUE(absl::StrContains(ProgressText("sent", 2 * kMiB, kMiB, absl::Seconds(1), 79), "] 100%"));
}

TEST(ProgressTest, StaysWithinTheColumns) {
  for (size_t columns = 1; columns < 120; ++columns) {
    for (const std::optional<uint64_t> whole : {std::optional<uint64_t>(), std::optional<uint64_t>(20 * kMiB)}) {
      EXPECT_LE(ProgressText("received", 5 * kMiB, whole, absl::Hours(3), columns).size(), columns);
    }
  }
}

TEST(ProgressTest, CountsNothingWithoutADivisionByZero) {
  EXPECT_EQ(ProgressText("sent", 0, uint64_t{0}, absl::ZeroDuration(), 79), "sent  0 B  0 B/s  0:00");
  EXPECT_TRUE(absl::StrContains(ProgressText("sent", 0, kMiB, absl::Seconds(1), 79), "0 B of 1.0 MiB"));
}

}  // namespace
}  // namespace oauth1d::cli
