// Waiting that ends: timers, deadlines, cancellation, shutdown.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <utility>
#include <vector>

#include "tests/egress/pool_test.h"

namespace oauth1d::egress {
namespace {

using ::testing::SizeIs;

// A listener whose queue is full: further SYNs are dropped.
class BlackHole {
 public:
  BlackHole() {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    listen(listener_, 0);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    for (int& fd : fillers_) {
      fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      connect(fd, reinterpret_cast<sockaddr*>(&address), size);
    }
    usleep(50'000);
  }
  BlackHole(const BlackHole&) = delete;
  BlackHole& operator=(const BlackHole&) = delete;
  ~BlackHole() {
    for (const int fd : fillers_) close(fd);
    close(listener_);
  }
  uint16_t port() const { return port_; }

 private:
  int listener_ = -1;
  int fillers_[3] = {};
  uint16_t port_ = 0;
};

class TimeTest : public PoolTest {
 protected:
  // After `time` and not before, the request fails so.
  void ExpectExpiry(HttpRequest request, absl::Duration time, Reason reason, Sent sent,
                    absl::Duration deadline = absl::Seconds(25)) {
    const auto running = Start(std::move(request), deadline);
    const auto armed = [&] {
      const std::vector<absl::Duration> alarms = environment_.ArmedAlarms();
      return std::find(alarms.begin(), alarms.end(), time) != alarms.end();
    };
    ASSERT_TRUE(RunUntil(loop_, armed));
    RunFor(std::chrono::milliseconds(20));
    environment_.Advance(time - absl::Milliseconds(1));
    RunFor(std::chrono::milliseconds(20));
    EXPECT_FALSE(running->done());
    environment_.Advance(absl::Milliseconds(1));
    ASSERT_TRUE(RunUntil(loop_, [&] { return running->done(); }));
    EXPECT_THAT(*running->result, FailsWith(reason));
    EXPECT_EQ(SentOf(running->result->status()), sent);
    RunReady(loop_);
    EXPECT_EQ(pool_->open_sockets(), 0u);
  }

  // Reads the request, sends this, and nothing more.
  static ScriptedServer::Script SendAndStop(std::string bytes) {
    return [bytes = std::move(bytes)](Peer& peer, int) {
      peer.ReadRequest();
      peer.Send(bytes);
      peer.WaitForEnd();
    };
  }
};

TEST_F(TimeTest, AConnectionIsWaitedForTwoSeconds) {
  const BlackHole hole;
  ExpectExpiry(Request(hole.port()), absl::Seconds(2), Reason::kProviderUnreachable, Sent::kNo);
}

TEST_F(TimeTest, AHandshakeIsWaitedForThreeSeconds) {
  const ScriptedServer server([](Peer& peer, int) { peer.WaitForEnd(); });
  HttpRequest request = Request(server.port());
  request.origin.tls = true;
  ExpectExpiry(std::move(request), absl::Seconds(3), Reason::kProviderUnreachable, Sent::kNo);
}

TEST_F(TimeTest, TheFirstByteIsWaitedForTenSeconds) {
  const ScriptedServer server(SendAndStop(""));
  ExpectExpiry(Request(server.port()), absl::Seconds(10), Reason::kProviderUnreachable, Sent::kYes);
}

TEST_F(TimeTest, AnInterimAnswerIsNotTheFirstByte) {
  const ScriptedServer server(SendAndStop("HTTP/1.1 102 Processing\r\n\r\n"));
  ExpectExpiry(Request(server.port()), absl::Seconds(10), Reason::kProviderUnreachable, Sent::kYes);
}

TEST_F(TimeTest, AProviderThatDoesNotReadIsLeftAfterTenSeconds) {
  std::atomic<bool> over = false;
  const ScriptedServer server([&](Peer&, int) {
    while (!over) usleep(1000);
  });
  HttpRequest request = Request(server.port(), "POST");
  request.body.resize(size_t{32} * 1024 * 1024);  // more than the buffers of both sockets
  ExpectExpiry(std::move(request), absl::Seconds(10), Reason::kProviderUnreachable, Sent::kMaybe);
  over = true;
}

TEST_F(TimeTest, PatienceIsShorterThanTheRest) {
  const ScriptedServer server(SendAndStop(""));
  HttpRequest request = Request(server.port());
  request.patience = absl::Seconds(7);
  ExpectExpiry(std::move(request), absl::Seconds(7), Reason::kProviderUnreachable, Sent::kYes);
}

TEST_F(TimeTest, TheDeadlineIsTheCallers) {
  const ScriptedServer server(SendAndStop("HTTP/1.1 200 OK\r\n"));
  ExpectExpiry(Request(server.port()), absl::Seconds(3), Reason::kDeadline, Sent::kYes, absl::Seconds(3));
}

TEST_F(TimeTest, ADeadlineThatHasPassedSendsNothing) {
  const ScriptedServer server(AlwaysAnswer(kOk));
  ASSERT_THAT(Send(Request(server.port())), IsOk());  // a connection is there
  const auto answer = Send(Request(server.port()), absl::ZeroDuration());
  EXPECT_THAT(answer, FailsWith(Reason::kDeadline));
  EXPECT_EQ(SentOf(answer.status()), Sent::kNo);
  EXPECT_THAT(server.requests(), SizeIs(1));
}

TEST_F(TimeTest, AnAnswerThatStopsIsCutAfterFiveSeconds) {
  const ScriptedServer head(SendAndStop("HTTP/1.1 2"));
  ExpectExpiry(Request(head.port()), absl::Seconds(5), Reason::kProviderUnreachable, Sent::kYes);
  const ScriptedServer body(SendAndStop("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123"));
  ExpectExpiry(Request(body.port()), absl::Seconds(5), Reason::kProviderUnreachable, Sent::kYes);
}

// The server sends so many bytes for each second that the test lets pass.
class Trickle {
 public:
  ScriptedServer::Script Script(size_t rate) {
    return [this, rate](Peer& peer, int) {
      peer.ReadRequest();
      peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n");
      for (int sent = 0; !stop_; usleep(1000)) {
        for (; sent < seconds_; ++sent) peer.Send(std::string(rate, 'x'));
      }
    };
  }
  void Pass(FakeEnvironment& environment) {
    environment.Advance(absl::Seconds(1));
    ++seconds_;
  }
  void Stop() { stop_ = true; }

 private:
  std::atomic<int> seconds_ = 0;
  std::atomic<bool> stop_ = false;
};

TEST_F(TimeTest, ASlowLorisIsCutAndASlowAnswerIsNot) {
  for (const bool slow_loris : {true, false}) {
    Trickle trickle;
    const ScriptedServer server(trickle.Script(slow_loris ? 1 : 400));
    const auto running = Start(Request(server.port()));
    RunFor(std::chrono::milliseconds(100));
    int seconds = 0;
    for (; seconds < 20 && !running->done(); ++seconds) {
      trickle.Pass(environment_);
      RunFor(std::chrono::milliseconds(30));
    }
    trickle.Stop();
    ASSERT_TRUE(running->done());
    if (slow_loris) {
      EXPECT_EQ(seconds, 5);
      EXPECT_THAT(*running->result, FailsWith(Reason::kProviderUnreachable));
      EXPECT_EQ(SentOf(running->result->status()), Sent::kYes);
    } else {
      EXPECT_EQ(seconds, 10);  // 4,000 bytes at 400 a second
      EXPECT_THAT(*running->result, IsOk());
    }
  }
}

TEST_F(TimeTest, CancellationClosesTheConnectionAtOnce) {
  using Clock = std::chrono::steady_clock;
  const BlackHole hole;
  for (const char* const at : {"connecting", "shaking hands", "waiting", "reading"}) {
    std::atomic<bool> closed = false;
    const ScriptedServer server([&](Peer& peer, int) {
      const bool handshake = absl::string_view(at) == "shaking hands";
      if (!handshake) peer.ReadRequest();
      if (absl::string_view(at) == "reading") peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123");
      peer.WaitForEnd();
      closed = true;
    });
    const bool connecting = absl::string_view(at) == "connecting";
    HttpRequest request = Request(connecting ? hole.port() : server.port());
    request.origin.tls = absl::string_view(at) == "shaking hands";
    const auto running = Start(std::move(request));
    RunFor(std::chrono::milliseconds(100));
    ASSERT_FALSE(running->done()) << at;
    const auto start = Clock::now();
    Cancel(running);
    ASSERT_TRUE(RunUntil(loop_, [&] { return running->done() && (connecting || closed); })) << at;
    EXPECT_LT(Clock::now() - start, std::chrono::milliseconds(500)) << at;
    EXPECT_THAT(*running->result, HasCode(absl::StatusCode::kCancelled)) << at;
    const bool sent = absl::string_view(at) == "waiting" || absl::string_view(at) == "reading";
    EXPECT_EQ(SentOf(running->result->status()), sent ? Sent::kYes : Sent::kNo) << at;
    RunReady(loop_);
    EXPECT_EQ(pool_->open_sockets(), 0u) << at;
  }
}

TEST_F(TimeTest, StopClosesEverythingAndEndsEveryone) {
  const ScriptedServer server(SendAndStop(""));
  const ScriptedServer quick(AlwaysAnswer(kOk));
  const BlackHole hole;
  ASSERT_THAT(Send(Request(quick.port())), IsOk());
  const auto waiting = Start(Request(server.port()));
  const auto connecting = Start(Request(hole.port()));
  RunFor(std::chrono::milliseconds(100));
  pool_->Stop();
  ASSERT_TRUE(RunUntil(loop_, [&] { return waiting->done() && connecting->done(); }));
  EXPECT_THAT(*waiting->result, FailsWith(Reason::kProviderUnreachable));
  EXPECT_EQ(SentOf(waiting->result->status()), Sent::kYes);
  EXPECT_THAT(*connecting->result, FailsWith(Reason::kProviderUnreachable));
  EXPECT_EQ(SentOf(connecting->result->status()), Sent::kNo);
  EXPECT_EQ(pool_->open_sockets(), 0u);
  EXPECT_THAT(Send(Request(quick.port())), FailsWith(Reason::kProviderUnreachable));
}

}  // namespace
}  // namespace oauth1d::egress
