#include "server/rpc/acceptor.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "server/rpc/listener.h"
#include "tests/rpc/sockets.h"
#include "tests/support/fake_environment.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// Takes what the acceptor hands on, as gRPC would.
class Taker {
 public:
  void Take(int socket) {
    const absl::MutexLock lock(&mutex_);
    sockets_.emplace_back(socket);
  }
  size_t count() {
    const absl::MutexLock lock(&mutex_);
    return sockets_.size();
  }
  // As gRPC does: first shut down, then closed.
  void CloseAll() {
    const absl::MutexLock lock(&mutex_);
    for (const Socket& socket : sockets_) shutdown(socket.number(), SHUT_RDWR);
    sockets_.clear();
  }

 private:
  absl::Mutex mutex_;
  std::vector<Socket> sockets_ ABSL_GUARDED_BY(mutex_);
};

// What the register of connections goes by. Thread-safe.
class StoppedClock : public FakeEnvironment {
 public:
  absl::Duration Uptime() override { return absl::Seconds(seconds_.load()); }
  void PassSeconds(int seconds) { seconds_ += seconds; }

 private:
  std::atomic<int> seconds_ = 1000;
};

template <typename Condition>
bool Eventually(Condition condition) {
  for (int looks = 0; looks < 500 && !condition(); ++looks) absl::SleepFor(absl::Milliseconds(10));
  return condition();
}

class AcceptorTest : public ::testing::Test {
 protected:
  std::string Start(int connections, const std::string& address = "127.0.0.1:0") {
    ConnectionLimits limits;
    limits.connections = connections;
    connections_ = std::make_unique<Connections>(limits, clock_);
    absl::StatusOr<Listener> listener = Listener::Open(address);
    EXPECT_THAT(listener, IsOk());
    const std::string where = listener->address();
    acceptor_ =
        std::make_unique<Acceptor>(*std::move(listener), *connections_, [this](int socket) { taker_.Take(socket); });
    return where;
  }

  // Before the acceptor, which goes first.
  StoppedClock clock_;
  Taker taker_;
  std::unique_ptr<Connections> connections_;
  std::unique_ptr<Acceptor> acceptor_;
};

TEST_F(AcceptorTest, HandsOnWhoeverConnects) {
  const std::string address = Start(10);
  const Socket one = Connect(address);
  const Socket two = Connect(address);
  EXPECT_TRUE(Eventually([&] { return taker_.count() == 2; }));
  EXPECT_EQ(connections_->open(), 2);
}

TEST_F(AcceptorTest, ForgetsAConnectionOnceItIsClosed) {
  const std::string address = Start(1);
  const Socket one = Connect(address);
  ASSERT_TRUE(Eventually([&] { return taker_.count() == 1; }));
  taker_.CloseAll();
  EXPECT_TRUE(Eventually([&] { return connections_->open() == 0; }));
  const Socket next = Connect(address);
  EXPECT_TRUE(Eventually([&] { return taker_.count() == 1; }));
}

TEST_F(AcceptorTest, TurnsAwayWhatIsBeyondTheCapAndServesAgainAfterwards) {
  const std::string address = Start(3);
  std::vector<Socket> first;
  for (int i = 0; i < 3; ++i) first.push_back(Connect(address));
  ASSERT_TRUE(Eventually([&] { return taker_.count() == 3; }));
  for (int i = 0; i < 30; ++i) EXPECT_TRUE(Connect(address).Ends());
  EXPECT_EQ(taker_.count(), 3);
  taker_.CloseAll();
  ASSERT_TRUE(Eventually([&] { return connections_->open() == 0; }));
  const Socket next = Connect(address);
  EXPECT_TRUE(Eventually([&] { return taker_.count() == 1; }));
}

TEST_F(AcceptorTest, LetsANewOneInForTheOldestStranger) {
  const std::string address = Start(3);
  std::vector<Socket> strangers;
  for (int i = 0; i < 3; ++i) {
    strangers.push_back(Connect(address));
    ASSERT_TRUE(Eventually([&] { return connections_->open() == i + 1U; }));
  }
  EXPECT_TRUE(Connect(address).Ends());
  clock_.PassSeconds(2);
  const Socket next = Connect(address);
  EXPECT_TRUE(strangers[0].Ends());
  EXPECT_TRUE(Eventually([&] { return taker_.count() == 4 && connections_->open() == 3; }));
  const Socket last = Connect(address);
  EXPECT_TRUE(strangers[1].Ends());
  EXPECT_TRUE(Eventually([&] { return taker_.count() == 5 && connections_->open() == 3; }));
}

TEST_F(AcceptorTest, TurnsAwayWithoutADescriptorLeftAndServesAgainAfterwards) {
  const std::string address = Start(1000);
  std::vector<Socket> callers;
  for (int i = 0; i < 11; ++i) callers.emplace_back(socket(AF_INET, SOCK_STREAM, 0));
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit tight{static_cast<rlim_t>(callers.back().number()) + 60, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &tight), 0);
  std::vector<Socket> others;
  do {
    others.emplace_back(dup(0));
  } while (others.back().number() >= 0);
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(ConnectBy(callers[i], address));
    EXPECT_TRUE(callers[i].Ends()) << i;
  }
  EXPECT_EQ(taker_.count(), 0);
  others.clear();
  EXPECT_TRUE(ConnectBy(callers[10], address));
  EXPECT_TRUE(Eventually([&] { return taker_.count() == 1; }));
  setrlimit(RLIMIT_NOFILE, &before);
}

TEST_F(AcceptorTest, AfterAStopNobodyConnectsAndOpenOnesGoOn) {
  const std::string address = Start(10);
  const Socket one = Connect(address);
  ASSERT_TRUE(Eventually([&] { return taker_.count() == 1; }));
  acceptor_->Stop();
  acceptor_->Stop();
  EXPECT_LT(Connect(address).number(), 0);
  EXPECT_EQ(connections_->open(), 1);
  taker_.CloseAll();
  EXPECT_TRUE(Eventually([&] { return connections_->open() == 0; }));
}

TEST_F(AcceptorTest, ListensAtAUnixSocketThatIsGoneAfterwards) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/acceptor_test_", getpid(), ".socket");
  std::ofstream(path + ".lock");
  const std::string address = Start(10, absl::StrCat("unix:", path));
  const Socket one = Connect(address);
  EXPECT_TRUE(Eventually([&] { return taker_.count() == 1; }));
  EXPECT_THAT(Listener::Open(address).status().message(), HasSubstr("it is taken"));
  acceptor_.reset();
  EXPECT_FALSE(std::filesystem::exists(path));
  std::filesystem::remove(path + ".lock");
}

TEST(ListenerTest, TakesAPortForItselfAndTellsWhich) {
  const absl::StatusOr<Listener> one = Listener::Open("127.0.0.1:0");
  ASSERT_THAT(one, IsOk());
  EXPECT_THAT(one->address(), StartsWith("127.0.0.1:"));
  const absl::StatusOr<Listener> two = Listener::Open(one->address());
  EXPECT_THAT(two, HasCode(absl::StatusCode::kUnavailable));
  EXPECT_EQ(two.status().message(),
            absl::StrCat("cannot listen on ", one->address(), ": it is taken, or no address of this host"));
}

TEST(ListenerTest, ListensAtAllAddressesOfAName) {
  const absl::StatusOr<Listener> listener = Listener::Open("localhost:0");
  ASSERT_THAT(listener, IsOk());
  EXPECT_GE(Connect(listener->address()).number(), 0);
}

TEST(ListenerTest, DeletesNothingButASocket) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/acceptor_test_file_", getpid());
  std::ofstream(path) << "precious";
  EXPECT_THAT(Listener::Open(absl::StrCat("unix:", path)), HasCode(absl::StatusCode::kUnavailable));
  EXPECT_TRUE(std::filesystem::exists(path));
  std::filesystem::remove(path);
  std::filesystem::remove(path + ".lock");
}

sockaddr_storage V6(const char* text, uint16_t port) {
  sockaddr_storage address{};
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  inet_pton(AF_INET6, text, &v6.sin6_addr);
  return address;
}

TEST(PeerNameTest, SpeaksAsGrpcDoes) {
  sockaddr_storage v4{};
  reinterpret_cast<sockaddr_in&>(v4) = {AF_INET, htons(40946), {htonl(INADDR_LOOPBACK)}, {}};
  EXPECT_EQ(PeerName(v4), "ipv4:127.0.0.1:40946");
  EXPECT_EQ(PeerName(V6("::1", 32808)), "ipv6:%5B::1%5D:32808");
  EXPECT_EQ(PeerName(V6("::ffff:10.1.2.3", 7)), "ipv4:10.1.2.3:7");
  sockaddr_storage local{};
  local.ss_family = AF_UNIX;
  EXPECT_EQ(PeerName(local), "unix:");
}

}  // namespace
}  // namespace oauth1d::rpc
