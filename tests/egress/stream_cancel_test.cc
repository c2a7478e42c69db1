// Streamed exchanges that are given up.
#include <atomic>
#include <chrono>

#include "tests/egress/stream_test.h"

namespace oauth1d::egress {
namespace {

using ::testing::AnyOf;

using StreamCancelTest = StreamTest;
INSTANTIATE_TEST_SUITE_P(Stream, StreamCancelTest, ::testing::Bool(), HttpOrTls);

constexpr size_t kEndless = 1'000'000;

TEST_P(StreamCancelTest, CancellationClosesTheConnectionAtOnce) {
  using Clock = std::chrono::steady_clock;
  for (const char* const at : {"source", "writing", "waiting", "reading", "sink"}) {
    const absl::string_view state = at;
    std::atomic<bool> cancelled = false;
    std::atomic<bool> closed = false;
    const ScriptedServer server(
        [&](Peer& peer, int) {
          while (state == "writing" && !cancelled) usleep(1000);
          peer.ReadSome();
          if (state == "reading") peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123");
          if (state == "sink") peer.Send(kOk);
          peer.WaitForEnd();
          closed = true;
        },
        certificate());
    Gate never;
    Pieces few({"x"}, state == "source" ? &never : nullptr);
    ManyPieces many(kEndless);
    Kept answer;
    if (state == "sink") answer.before_taking = &never;
    BodySource* body = &few;
    if (state == "writing") body = &many;
    const auto running = StartStream(Post(server.port()), body, std::nullopt, &answer);
    RunUntilStill([&] { return many.asked + answer.taken; });
    ASSERT_FALSE(running->done()) << at;
    const auto start = Clock::now();
    cancelled = true;
    Cancel(running);
    EXPECT_THAT(Finish(running), HasCode(absl::StatusCode::kCancelled)) << at;
    ASSERT_TRUE(RunUntil(loop_, [&] { return closed.load(); })) << at;
    EXPECT_LT(Clock::now() - start, std::chrono::milliseconds(500)) << at;
    const bool whole = state != "source" && state != "writing";
    EXPECT_EQ(SentOf(*running->result), whole ? Sent::kYes : Sent::kMaybe) << at;
    EXPECT_EQ(pool_->open_sockets(), 0u) << at;
  }
}

TEST_P(StreamCancelTest, CancellationMayComeAtAnyStepOfTheLoop) {
  const ScriptedServer server(
      [](Peer& peer, int) {
        while (!ReadUntil(peer, "0\r\n\r\n").empty()) peer.Send(kOk);
      },
      certificate());
  for (int steps = 0; steps < 60; ++steps) {
    Pieces body({"a", "b"});
    Kept answer;
    const auto running = StartStream(Post(server.port()), &body, std::nullopt, &answer);
    for (int i = 0; i < steps && !running->done(); ++i) {
      loop_.restart();
      loop_.run_one_for(std::chrono::milliseconds(2));
    }
    Cancel(running);
    EXPECT_THAT(Finish(running), AnyOf(IsOk(), HasCode(absl::StatusCode::kCancelled))) << steps;
  }
}

TEST_P(StreamCancelTest, StopEndsEveryone) {
  const ScriptedServer server([](Peer& peer, int) { peer.WaitForEnd(); }, certificate());
  Pieces body({"x"});
  Kept answer;
  const auto running = StartStream(Post(server.port()), &body, std::nullopt, &answer);
  RunFor(std::chrono::milliseconds(50));
  pool_->Stop();
  EXPECT_THAT(Finish(running), FailsWith(Reason::kProviderUnreachable));
  EXPECT_EQ(pool_->open_sockets(), 0u);
}

TEST_P(StreamCancelTest, TheLoopMayEndBeforeItsExchanges) {
  const ScriptedServer server([](Peer& peer, int) { peer.WaitForEnd(); }, certificate());
  FakeEnvironment environment;
  auto loop = std::make_unique<boost::asio::io_context>();
  auto pool = std::make_unique<HttpPool>(*loop, environment, HttpPoolOptions());
  ManyPieces body(kEndless);
  Kept answer;
  const HttpRequest request = Post(server.port());
  const Deadline deadline = Deadline::After(environment, absl::Hours(1));
  Spawn(
      *loop, [&] { return pool->Stream(request, &body, "", std::nullopt, &answer, deadline); },
      [](const absl::Status&) {});
  loop->run_for(std::chrono::milliseconds(50));
  EXPECT_GT(body.asked, 0u);
  pool.reset();
  loop.reset();
}

}  // namespace
}  // namespace oauth1d::egress
