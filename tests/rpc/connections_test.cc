#include "server/rpc/connections.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/rpc/listener.h"
#include "tests/rpc/sockets.h"
#include "tests/support/fake_environment.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::rpc {
namespace {

using ::testing::Eq;
using ::testing::Optional;

class ConnectionsTest : public ::testing::Test {
 protected:
  struct Open {
    Socket ours;
    Socket theirs;
    uint64_t id;
    std::string peer;
  };

  static ConnectionLimits Limits() {
    ConnectionLimits limits;
    limits.connections = 3;
    limits.per_identity = 2;
    limits.streams_per_connection = 5;
    return limits;
  }

  std::optional<Open> Admit() {
    Open open;
    open.theirs = Connect(listener_.address());
    sockaddr_storage name;
    socklen_t size = sizeof(name);
    do {
      open.ours = Socket(accept4(listener_.sockets().front(), reinterpret_cast<sockaddr*>(&name), &size, SOCK_CLOEXEC));
    } while (open.ours.number() < 0);
    open.peer = absl::StrCat("ipv4:127.0.0.1:", ntohs(reinterpret_cast<sockaddr_in&>(name).sin_port));
    const std::optional<Connections::Watch> watch = connections_.Admit(open.ours.number(), open.peer);
    if (!watch.has_value()) return std::nullopt;
    open.id = watch->id;
    return open;
  }

  // What connections_ shuts down within `time`, looking as often as it asks to.
  void Pass(absl::Duration time) {
    for (absl::Duration passed; passed < time;) {
      const absl::Duration step = connections_.Judge();
      environment_.Advance(step);
      passed += step;
    }
    connections_.Judge();
  }
  static bool IsShut(const Open& open) {
    char octet;
    return recv(open.ours.number(), &octet, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
  }

  FakeEnvironment environment_;
  Listener listener_ = *Listener::Open("127.0.0.1:0");
  Connections connections_{Limits(), environment_};
};

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
  const std::vector<Open> three = [&] {
    std::vector<Open> admitted;
    for (int i = 0; i < 3; ++i) admitted.push_back(*Admit());
    return admitted;
  }();
  EXPECT_FALSE(Admit().has_value());
  connections_.Forget(three[1].id);
  EXPECT_TRUE(Admit().has_value());
}

TEST_F(ConnectionsTest, WhenItIsFullThoseThatNeverCalledMakeRoomAfterTenSeconds) {
  const Open calls = *Admit();
  const Open silent = *Admit();
  connections_.Of(calls.peer)->CountCall();
  Pass(absl::Seconds(9));
  const Open fresh = *Admit();
  ASSERT_FALSE(Admit().has_value());
  Pass(absl::Seconds(1));
  EXPECT_FALSE(IsShut(silent)) << "nobody has asked for its place since";
  environment_.Advance(absl::Seconds(1));
  ASSERT_FALSE(Admit().has_value());
  Pass(absl::ZeroDuration());
  EXPECT_THAT(std::vector({IsShut(calls), IsShut(silent), IsShut(fresh)}), Eq(std::vector({false, true, false})));
}

TEST_F(ConnectionsTest, AnIdentityHasSoManyConnectionsAndNoMore) {
  const Open one = *Admit();
  const Open two = *Admit();
  const Open three = *Admit();
  const auto attribute = [&](const Open& open, absl::string_view identity) {
    return connections_.Attribute(*connections_.Of(open.peer), identity);
  };
  EXPECT_THAT(attribute(one, "web"), IsOk());
  EXPECT_THAT(attribute(two, "web"), IsOk());
  EXPECT_THAT(attribute(two, "web"), IsOk()) << "it is counted once";
  const absl::Status refused = attribute(three, "web");
  EXPECT_THAT(refused, FailsWith(Reason::kQuotaExceeded));
  EXPECT_THAT(RetryAfterOf(refused), Optional(absl::Seconds(1)));
  EXPECT_THAT(attribute(three, "web"), FailsWith(Reason::kQuotaExceeded)) << "and stays refused";
  Pass(absl::Milliseconds(400));
  EXPECT_FALSE(IsShut(three)) << "the answer must still go out";
  Pass(absl::Milliseconds(200));
  EXPECT_THAT(std::vector({IsShut(one), IsShut(two), IsShut(three)}), Eq(std::vector({false, false, true})));
}

TEST_F(ConnectionsTest, AnotherIdentityAndNobodyInParticularAreNotConcerned) {
  const std::vector<Open> three = [&] {
    std::vector<Open> admitted;
    for (int i = 0; i < 3; ++i) admitted.push_back(*Admit());
    return admitted;
  }();
  for (const Open& open : three) EXPECT_THAT(connections_.Attribute(*connections_.Of(open.peer), ""), IsOk());
  for (const Open& open : three) EXPECT_THAT(connections_.Attribute(*connections_.Of(open.peer), open.peer), IsOk());
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

TEST_F(ConnectionsTest, OneThatBringsWhatNoCallReadsIsShutDown) {
  const Open open = *Admit();
  const std::string junk(1 << 20, 'x');
  size_t sent = 0;
  while (sent < size_t{100} << 20 && !IsShut(open)) {
    sent += send(open.theirs.number(), junk.data(), junk.size(), MSG_DONTWAIT | MSG_NOSIGNAL) > 0 ? junk.size() : 0;
    std::string taken(2 << 20, 0);
    if (recv(open.ours.number(), taken.data(), taken.size(), MSG_DONTWAIT) == 0) break;
    environment_.Advance(connections_.Judge());
  }
  EXPECT_LT(sent, size_t{60} << 20);
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
