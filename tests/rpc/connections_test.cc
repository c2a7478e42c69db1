#include "server/rpc/connections.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "server/base/failure.h"
#include "tests/rpc/connections_fixture.h"
#include "tests/rpc/sockets.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::rpc {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Optional;

TEST_F(ConnectionsTest, FindsAConnectionByItsPeerUntilItIsForgotten) {
  const Open open = *Admit();
  EXPECT_EQ(connections_.Of(open.peer)->peer(), open.peer);
  connections_.Forget(open.id);
  connections_.Forget(open.id);
  EXPECT_EQ(connections_.Of(open.peer)->peer(), "");
  EXPECT_EQ(connections_.open(), 0);
}

TEST_F(ConnectionsTest, ANewConnectionFromTheSamePortIsNotForgottenWithTheOldOne) {
  const Open open = *Admit();
  const Connections::Watch again = *connections_.Admit(open.ours.number(), open.peer);
  connections_.Forget(open.id);
  EXPECT_EQ(connections_.Of(open.peer)->peer(), open.peer);
  connections_.Forget(again.id);
  EXPECT_EQ(connections_.Of(open.peer)->peer(), "");
}

TEST_F(ConnectionsTest, AdmitsNoMoreThanTheCap) {
  const std::vector<Open> three = Admit(3);
  EXPECT_FALSE(Admit().has_value());
  connections_.Forget(three[1].id);
  EXPECT_TRUE(Admit().has_value());
}

TEST_F(ConnectionsTest, WhenStrangersHaveFilledItTheOldestMakesRoomAtOnce) {
  const Open first = *Admit();
  environment_.Advance(absl::Milliseconds(500));
  const std::vector<Open> others = Admit(2);
  CallAsNobody(first);
  for (const Open& open : others) CallAsNobody(open);
  environment_.Advance(absl::Milliseconds(500));
  EXPECT_FALSE(Admit().has_value()) << "each may prove itself for a second";
  environment_.Advance(absl::Milliseconds(1));
  const std::optional<Open> web = Admit();
  ASSERT_TRUE(web.has_value());
  EXPECT_TRUE(IsShut(first)) << "not at the next look";
  EXPECT_THAT(AreShut(others), Each(false));
  EXPECT_THAT(Call(*web, "web"), IsOk());
  connections_.Forget(first.id);
  environment_.Advance(absl::Seconds(5));
  const std::vector<Open> flood = Admit(2);
  EXPECT_THAT(AreShut(others), Each(true));
  EXPECT_FALSE(Admit().has_value());
  environment_.Advance(absl::Seconds(5));
  const std::vector<Open> more = Admit(2);
  EXPECT_THAT(AreShut(flood), Each(true));
  EXPECT_FALSE(IsShut(*web)) << "who has proven something stays";
}

TEST_F(ConnectionsTest, NobodyMakesRoomWhereAllAreKnown) {
  for (const Open& open : Admit(2)) EXPECT_THAT(Call(open, "web"), IsOk());
  EXPECT_THAT(Call(*Admit(), "batch"), IsOk());
  environment_.Advance(absl::Hours(1));
  EXPECT_FALSE(Admit().has_value());
}

TEST_F(ConnectionsTest, WithoutIdentitiesACallIsProofEnough) {
  const Open calls = *Admit();
  const Open silent = *Admit();
  const Open calls_too = *Admit();
  for (const Open* open : {&calls, &calls_too}) EXPECT_THAT(Call(*open, ""), IsOk());
  Pass(absl::Hours(1));
  EXPECT_FALSE(IsShut(silent)) << "nobody asks for its place";
  EXPECT_TRUE(Admit().has_value());
  EXPECT_THAT(std::vector({IsShut(calls), IsShut(silent), IsShut(calls_too)}), Eq(std::vector({false, true, false})));
}

TEST_F(ConnectionsTest, OnceIdentitiesAreConfiguredOldCallersProveThemselvesAnew) {
  const Open before = *Admit();
  EXPECT_THAT(Call(before, ""), IsOk());
  const std::vector<Open> web = Admit(2);
  for (const Open& open : web) EXPECT_THAT(Call(open, "web"), IsOk());
  environment_.Advance(absl::Seconds(2));
  EXPECT_TRUE(Admit().has_value());
  EXPECT_THAT(std::vector({IsShut(before), IsShut(web[0]), IsShut(web[1])}), Eq(std::vector({true, false, false})));
}

TEST_F(ConnectionsTest, WhenItIsThreeQuartersFullStrangersGoAfterTenSeconds) {
  SetMost(8, 2);
  const Open web = *Admit();
  EXPECT_THAT(Call(web, "web"), IsOk());
  const std::vector<Open> strangers = Admit(6);
  Pass(absl::Milliseconds(9900));
  EXPECT_THAT(AreShut(strangers), Each(false));
  Pass(absl::Milliseconds(300));
  EXPECT_THAT(AreShut(strangers), ElementsAre(true, false, false, false, false, false)) << "six may stay in all";
  EXPECT_FALSE(IsShut(web));
}

TEST_F(ConnectionsTest, AnIdentityHasSoManyConnectionsAndNoMore) {
  const Open one = *Admit();
  const Open two = *Admit();
  const Open three = *Admit();
  EXPECT_THAT(Call(one, "web"), IsOk());
  EXPECT_THAT(Call(two, "web"), IsOk());
  EXPECT_THAT(Call(two, "web"), IsOk()) << "it is counted once";
  const absl::Status refused = Call(three, "web");
  EXPECT_THAT(refused, FailsWith(Reason::kQuotaExceeded));
  EXPECT_THAT(RetryAfterOf(refused), Optional(absl::Seconds(1)));
  EXPECT_THAT(Call(three, "web"), FailsWith(Reason::kQuotaExceeded)) << "and stays refused";
  Pass(absl::Milliseconds(400));
  EXPECT_FALSE(IsShut(three)) << "the answer must still go out";
  Pass(absl::Milliseconds(200));
  EXPECT_THAT(std::vector({IsShut(one), IsShut(two), IsShut(three)}), Eq(std::vector({false, false, true})));
}

TEST_F(ConnectionsTest, AnotherIdentityAndNobodyInParticularAreNotConcerned) {
  const std::vector<Open> three = Admit(3);
  for (const Open& open : three) EXPECT_THAT(Call(open, ""), IsOk());
  for (const Open& open : three) EXPECT_THAT(Call(open, open.peer), IsOk());
}

TEST_F(ConnectionsTest, AConnectionThatIsSharedCountsForTheFirstIdentityAlone) {
  const std::vector<Open> three = Admit(3);
  for (const Open* open : {&three[0], &three[1]}) EXPECT_THAT(Call(*open, "web"), IsOk());
  EXPECT_THAT(Call(three[2], "batch"), IsOk());
  EXPECT_THAT(Call(three[2], "web"), IsOk()) << "web has two already, but this one is not its own";
  for (const Open& open : three) EXPECT_THAT(Call(open, "batch"), IsOk());
  Pass(absl::Minutes(1));
  EXPECT_THAT(AreShut(three), Each(false));
  connections_.Forget(three[2].id);
  const Open next = *Admit();
  EXPECT_THAT(Call(next, "batch"), IsOk()) << "batch has none of its own";
}

TEST_F(ConnectionsTest, AConnectionThatIsOneTooManyForOneIdentityIsNotForAnother) {
  const std::vector<Open> three = Admit(3);
  for (const Open* open : {&three[0], &three[1]}) EXPECT_THAT(Call(*open, "web"), IsOk());
  EXPECT_THAT(Call(three[2], "web"), FailsWith(Reason::kQuotaExceeded));
  EXPECT_THAT(Call(three[2], "batch"), IsOk());
  EXPECT_THAT(Call(three[2], "web"), IsOk());
  Pass(absl::Minutes(1));
  EXPECT_THAT(AreShut(three), Each(false));
}

TEST_F(ConnectionsTest, NewLimitsHoldForNewConnectionsAndEndNobodyWhoIsKnown) {
  std::vector<Open> open = Admit(3);
  for (const Open* one : {&open[0], &open[1]}) EXPECT_THAT(Call(*one, "web"), IsOk());
  SetMost(5, 3);
  for (Open& one : Admit(2)) open.push_back(std::move(one));
  EXPECT_THAT(Call(open[2], "web"), IsOk());
  EXPECT_FALSE(Admit().has_value());
  EXPECT_EQ(connections_.limits().streams_per_connection, 5) << "gRPC knows it for good";
  SetMost(1, 1);
  Pass(absl::Seconds(2));
  EXPECT_THAT(AreShut(open), ElementsAre(false, false, false, true, true));
  ForgetThoseShut(open);
  EXPECT_FALSE(Admit().has_value());
  EXPECT_THAT(Call(open[2], "web"), IsOk());
  SetMost(9, 1);
  EXPECT_THAT(Call(*Admit(), "web"), FailsWith(Reason::kQuotaExceeded));
}

TEST_F(ConnectionsTest, AClosedConnectionCountsForNobodyAnyMore) {
  for (int i = 0; i < 10; ++i) {
    const Open open = *Admit();
    const std::shared_ptr<Connection> connection = connections_.Of(open.peer);
    EXPECT_THAT(connections_.Attribute(*connection, "web"), IsOk());
    connections_.Forget(open.id);
    EXPECT_THAT(connections_.Attribute(*connection, "web"), IsOk()) << "a call that outlives it counts for nothing";
  }
}

TEST_F(ConnectionsTest, OneWithManyTimesTheCallsThatItMayHaveIsShutDown) {
  const Open busy = *Admit();
  const Open flood = *Admit();
  for (int i = 0; i < 500; ++i) {
    connections_.Of(busy.peer)->CountCall();
    connections_.Of(busy.peer)->CountDone();
  }
  for (int i = 0; i < 21; ++i) connections_.Of(flood.peer)->CountCall();
  Pass(absl::Milliseconds(100));
  EXPECT_THAT(std::vector({IsShut(busy), IsShut(flood)}), Eq(std::vector({false, true})));
}

TEST_F(ConnectionsTest, BehindAUnixSocketNobodyIsToldFromAnother) {
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  const Socket ours(pair[0]);
  const Socket theirs(pair[1]);
  EXPECT_TRUE(connections_.Admit(ours.number(), "unix:").has_value());
  EXPECT_EQ(connections_.Of("unix:")->peer(), "");
  EXPECT_EQ(connections_.open(), 1);
}

}  // namespace
}  // namespace oauth1d::rpc
