#include "server/rpc/traffic_balance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/rpc/connections_fixture.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::rpc {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

constexpr uint64_t kMiB = uint64_t{1} << 20;

class TrafficBalanceTest : public ::testing::Test {
 protected:
  // A tenth of a second later.
  absl::string_view Look() {
    now_ += absl::Milliseconds(100);
    return balance_.Judge(bytes_, calls_, now_);
  }
  // Messages of unary calls that have come whole.
  void Read(int messages, uint64_t bytes) {
    calls_.calls += messages;
    calls_.ends += messages;
    calls_.answers += messages;
    calls_.messages += messages;
    calls_.read_bytes += messages * bytes;
  }

  TrafficBalance balance_;
  ByteCounts bytes_;
  CallCounts calls_;
  absl::Duration now_ = absl::Hours(1);
};

TEST_F(TrafficBalanceTest, ASilentConnectionIsHonest) {
  for (int i = 0; i < 100; ++i) ASSERT_EQ(Look(), "");
}

TEST_F(TrafficBalanceTest, AnUploadOfAGibibyteInAStreamIsHonest) {
  ++calls_.calls;
  for (int i = 0; i < 1024; ++i) {
    bytes_.received += kMiB + kMiB / 50;
    bytes_.sent += 500;
    calls_.messages += 16;
    calls_.read_bytes += kMiB;
    ASSERT_EQ(Look(), "") << i;
  }
}

TEST_F(TrafficBalanceTest, ADownloadOfAGibibyteIsHonest) {
  ++calls_.calls;
  for (int i = 0; i < 64; ++i) {
    bytes_.sent += 16 * kMiB;
    bytes_.received += 16 * kMiB / 8192 * 55;  // a WINDOW_UPDATE under TLS for each 8 KiB
    ASSERT_EQ(Look(), "") << i;
  }
}

TEST_F(TrafficBalanceTest, LongMessagesThatComeSideBySideOverASlowLineAreHonest) {
  // Six of four MiB, of which none is whole for 48 seconds.
  for (int i = 0; i < 480; ++i) {
    bytes_.received += 6 * 4 * kMiB / 480;
    ASSERT_EQ(Look(), "") << i;
  }
  Read(6, 4 * kMiB);
  EXPECT_EQ(Look(), "");
  // Who has sent so much may have more of it under way.
  bytes_.received += 40 * kMiB;
  EXPECT_EQ(Look(), "");
}

TEST_F(TrafficBalanceTest, TenThousandSmallCallsASecondAreHonest) {
  for (int i = 0; i < 600; ++i) {
    Read(1000, 50);
    bytes_.received += 1000 * 9000;
    bytes_.sent += 1000 * 200;
    ASSERT_EQ(Look(), "") << i;
  }
}

TEST_F(TrafficBalanceTest, AFewHealthChecksThatNobodyCountsAreHonestForDays) {
  for (int i = 0; i < 10'000; ++i) {
    now_ += absl::Seconds(9);
    bytes_.received += 2'000'000;
    ASSERT_EQ(Look(), "") << i;
  }
}

TEST_F(TrafficBalanceTest, BytesThatNobodyReadsAreAFlood) {
  absl::string_view found;
  for (int i = 0; i < 50 && found.empty(); ++i) {
    bytes_.received += kMiB;
    found = Look();
  }
  EXPECT_EQ(found, "brings what no call reads");
  EXPECT_LE(bytes_.received, 26 * kMiB);
}

TEST_F(TrafficBalanceTest, SettingsThatAreAcknowledgedAreAFlood) {
  absl::string_view found;
  for (int i = 0; i < 50 && found.empty(); ++i) {
    bytes_.received += kMiB;
    bytes_.sent += kMiB * 9 / 15;
    found = Look();
  }
  EXPECT_EQ(found, "brings what no call reads");
}

TEST_F(TrafficBalanceTest, JunkBesideHonestCallsIsAFloodToo) {
  absl::string_view found;
  for (int i = 0; i < 600 && found.empty(); ++i) {
    Read(10, 1000);
    bytes_.received += 10 * 1200 + kMiB;
    found = Look();
  }
  EXPECT_EQ(found, "brings what no call reads");
}

TEST_F(TrafficBalanceTest, CallsBegunOnlyToBeCancelledAreAFlood) {
  calls_.calls = calls_.ends = calls_.resets = 200;
  EXPECT_EQ(Look(), "");
  calls_.calls = calls_.ends = calls_.resets = 201;
  EXPECT_EQ(Look(), "begins calls only to cancel them");
}

TEST_F(TrafficBalanceTest, CallsThatAreCancelledNowAndThenAreHonest) {
  for (int i = 0; i < 100; ++i) {
    calls_.calls += 15;
    calls_.ends += 15;
    calls_.resets += 15;
    ASSERT_EQ(Look(), "") << i;
  }
}

TEST_F(TrafficBalanceTest, HedgedCallsOfWhichOneInTenIsAnsweredAreHonest) {
  for (int i = 0; i < 100; ++i) {
    Read(50, 100);
    calls_.resets += 450;
    calls_.calls += 450;
    calls_.ends += 450;
    ASSERT_EQ(Look(), "") << i;
  }
}

// The same, of real bytes.
using UnreadTest = ConnectionsTest;

TEST_F(UnreadTest, OneThatBringsWhatNoCallReadsIsShutDown) {
  const Open open = *Admit();
  const std::string junk(1 << 20, 'x');
  size_t sent = 0;
  while (sent < 100 * kMiB && !IsShut(open)) {
    sent += send(open.theirs.number(), junk.data(), junk.size(), MSG_DONTWAIT | MSG_NOSIGNAL) > 0 ? junk.size() : 0;
    std::string taken(2 << 20, 0);
    if (recv(open.ours.number(), taken.data(), taken.size(), MSG_DONTWAIT) == 0) break;
    environment_.Advance(connections_.Judge());
  }
  EXPECT_LT(sent, 60 * kMiB);
}

TEST_F(UnreadTest, ManyThatTogetherBringTooMuchAreEndedTheStrangerWithTheMostFirst) {
  SetMost(20, 20);
  const std::vector<Open> known = Admit(2);
  const std::vector<Open> strangers = Admit(10);
  for (const Open& open : known) EXPECT_THAT(Call(open, "web"), IsOk());
  Pass(absl::ZeroDuration());
  Bring(known[0], 20 * kMiB);
  for (const Open& open : strangers) Bring(open, 10 * kMiB);
  Pass(absl::ZeroDuration());
  EXPECT_THAT(AreShut(strangers), Each(false)) << "120 MiB";
  Bring(strangers[3], 1 * kMiB);
  Bring(strangers[7], 2 * kMiB);
  Bring(strangers[8], 6 * kMiB);
  EXPECT_EQ(connections_.Judge(), absl::Milliseconds(20));
  EXPECT_THAT(AreShut(strangers), ElementsAre(false, false, false, false, false, false, false, false, true, false));
  EXPECT_THAT(AreShut(known), Each(false));
}

TEST_F(UnreadTest, WhereAllAreKnownTheOneWithTheMostUnreadIsEnded) {
  SetMost(20, 20);
  const std::vector<Open> known = Admit(9);
  const Open fresh = *Admit();
  for (const Open& open : known) EXPECT_THAT(Call(open, "web"), IsOk());
  Pass(absl::ZeroDuration());
  Bring(fresh, size_t{20} << 10);
  Bring(known[4], 20 * kMiB);
  for (const Open& open : known) {
    if (&open != &known[4]) Bring(open, 14 * kMiB);
  }
  Pass(absl::ZeroDuration());
  EXPECT_THAT(AreShut(known), ElementsAre(false, false, false, false, true, false, false, false, false));
  EXPECT_FALSE(IsShut(fresh)) << "it is in its handshake";
}

}  // namespace
}  // namespace oauth1d::rpc
