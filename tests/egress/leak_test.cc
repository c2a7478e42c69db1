// Nothing stays behind.
#include <dirent.h>

#include <utility>
#include <vector>

#include "tests/egress/pool_test.h"

namespace oauth1d::egress {
namespace {

int OpenFiles() {
  int files = 0;
  DIR* const folder = opendir("/proc/self/fd");
  while (readdir(folder) != nullptr) ++files;
  closedir(folder);
  return files;
}

using ::testing::AnyOf;

class LeakTest : public PoolTest {
 protected:
  // The loop opens descriptors of its own with its first socket.
  LeakTest() { EXPECT_THAT(Send(Request(1)), FailsWith(Reason::kProviderUnreachable)); }

  void Finish(const std::vector<std::shared_ptr<Running<absl::StatusOr<HttpResponse>>>>& running) {
    for (const auto& each : running) {
      ASSERT_TRUE(RunUntil(loop_, [&] { return each->done(); }));
    }
  }
};

TEST_F(LeakTest, AThousandRequestsOneByOne) {
  const int before = OpenFiles();
  {
    const ScriptedServer server([](Peer& peer, int number) {
      for (int i = 0; i < 7 && !peer.ReadRequest().empty(); ++i) peer.Send(kOk);
      if (number % 2 == 0) peer.Reset();
    });
    int answered = 0;
    for (int i = 0; i < 1000; ++i) {
      const auto answer = Send(Request(server.port()));
      if (answer.ok()) ++answered;
    }
    EXPECT_GT(answered, 900);  // the server closes just when the next request comes
    pool_->Stop();
    EXPECT_EQ(pool_->open_sockets(), 0u);
  }
  RunReady(loop_);
  EXPECT_EQ(OpenFiles(), before);
}

TEST_F(LeakTest, SixtyFourAtATimeSomeOfThemCancelled) {
  const int before = OpenFiles();
  {
    const ScriptedServer server([](Peer& peer, int number) {
      while (!peer.ReadRequest().empty()) {
        if (number % 3 == 0) usleep(2000);
        peer.Send(kOk);
      }
    });
    for (int round = 0; round < 5; ++round) {
      std::vector<std::shared_ptr<Running<absl::StatusOr<HttpResponse>>>> running;
      for (int i = 0; i < 64; ++i) running.push_back(Start(Request(server.port())));
      for (int i = 0; i < 64; i += 4) {
        loop_.restart();
        loop_.poll_one();
        Cancel(running[static_cast<size_t>(i)]);
      }
      Finish(running);
    }
    EXPECT_GT(pool_->idle_connections(), 0u);
    pool_->Stop();
  }
  RunReady(loop_);
  EXPECT_EQ(OpenFiles(), before);
}

TEST_F(LeakTest, CancellationMayComeAtAnyStepOfTheLoop) {
  const ScriptedServer server(AlwaysAnswer(kOk));
  for (int steps = 0; steps < 40; ++steps) {
    const auto running = Start(Request(server.port()));
    for (int i = 0; i < steps && !running->done(); ++i) {
      loop_.restart();
      loop_.run_one_for(std::chrono::milliseconds(5));
    }
    Cancel(running);
    ASSERT_TRUE(RunUntil(loop_, [&] { return running->done(); })) << steps;
    EXPECT_THAT(*running->result, AnyOf(IsOk(), HasCode(absl::StatusCode::kCancelled))) << steps;
  }
}

TEST_F(LeakTest, TheLoopMayEndBeforeItsRequests) {
  const ScriptedServer server([](Peer& peer, int) { peer.WaitForEnd(); });
  FakeEnvironment environment;
  auto loop = std::make_unique<boost::asio::io_context>();
  auto pool = std::make_unique<HttpPool>(*loop, environment, HttpPoolOptions());
  const HttpRequest request = Request(server.port());
  const Deadline deadline = Deadline::After(environment, absl::Seconds(25));
  Spawn(
      *loop, [&] { return pool->Send(request, deadline); }, [](const absl::StatusOr<HttpResponse>&) {});
  loop->run_for(std::chrono::milliseconds(50));
  pool.reset();
  loop.reset();
}

}  // namespace
}  // namespace oauth1d::egress
