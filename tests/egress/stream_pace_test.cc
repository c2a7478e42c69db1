// Whichever side is ahead waits; and how long a streamed exchange waits for what.
#include <atomic>

#include "tests/egress/stream_test.h"

namespace oauth1d::egress {
namespace {

class StreamPaceTest : public StreamTest {
 protected:
  // After `time` without a byte, and not before, the exchange fails so.
  void ExpectExpiry(const std::shared_ptr<Running<absl::Status>>& running, absl::Duration time, Reason reason,
                    Sent sent) {
    environment_.Advance(time - absl::Milliseconds(1));
    RunFor(std::chrono::milliseconds(20));
    EXPECT_FALSE(running->done());
    environment_.Advance(absl::Milliseconds(1));
    const absl::Status status = Finish(running);
    EXPECT_THAT(status, FailsWith(reason));
    EXPECT_EQ(SentOf(status), sent);
    RunReady(loop_);
    EXPECT_EQ(pool_->open_sockets(), 0u);
  }

  // Lets a minute pass, in steps in which each timer gets its turn.
  void PassAMinute() {
    for (int i = 0; i < 12; ++i) {
      environment_.Advance(absl::Seconds(5));
      RunReady(loop_);
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Stream, StreamPaceTest, ::testing::Bool(), HttpOrTls);

// More than the buffers of two sockets hold.
constexpr size_t kMostBuffered = size_t{16} * 1024 * 1024;
constexpr size_t kManyPieces = 2 * kMostBuffered / ManyPieces::kSize;

TEST_P(StreamPaceTest, TheSourceIsNotAskedForMoreThanTheSocketTakes) {
  std::atomic<bool> reads = false;
  size_t received = 0;
  const ScriptedServer server(
      [&](Peer& peer, int) {
        while (!reads) usleep(1000);
        received = ReadUntil(peer, "the end").size();
        peer.Send(kOk);
        peer.WaitForEnd();
      },
      certificate());
  ManyPieces body(kManyPieces);
  Kept answer;
  const auto running = StartStream(Post(server.port()), &body, kManyPieces * ManyPieces::kSize + 7, &answer, "the end");
  RunUntilStill([&] { return body.asked; });
  EXPECT_GT(body.asked, 0u);
  EXPECT_LT(body.asked * ManyPieces::kSize, kMostBuffered);
  reads = true;
  EXPECT_THAT(Finish(running), IsOk());
  EXPECT_EQ(body.asked, kManyPieces);
  EXPECT_GT(received, kManyPieces * ManyPieces::kSize);
}

TEST_P(StreamPaceTest, AServerThatIsAheadOfTheSinkMustWait) {
  std::atomic<size_t> sent = 0;
  const ScriptedServer server(
      [&](Peer& peer, int) {
        peer.ReadRequest();
        peer.Send(absl::StrCat("HTTP/1.1 200 OK\r\nContent-Length: ", kManyPieces * ManyPieces::kSize, "\r\n\r\n"));
        for (size_t i = 0; i < kManyPieces; ++i) {
          peer.Send(ManyPieces::Piece(i));
          sent += ManyPieces::kSize;
        }
        peer.WaitForEnd();
      },
      certificate());
  Gate gate;
  Kept answer;
  answer.before_taking = &gate;
  const auto running = StartStream(Post(server.port()), nullptr, std::nullopt, &answer);
  RunUntilStill([&] { return sent.load(); });
  EXPECT_GT(sent, 0u);
  EXPECT_LT(sent, kMostBuffered);
  EXPECT_EQ(answer.taken, 1u);
  PassAMinute();  // which is not the provider's fault
  EXPECT_FALSE(running->done());
  gate.Open();
  answer.before_taking = nullptr;
  EXPECT_THAT(Finish(running), IsOk());
  std::string expected;
  for (size_t i = 0; i < kManyPieces; ++i) expected += ManyPieces::Piece(i);
  EXPECT_TRUE(answer.body == expected);
}

TEST_P(StreamPaceTest, AProviderThatDoesNotReadIsLeftAfterTenSeconds) {
  std::atomic<bool> over = false;
  const ScriptedServer server(
      [&](Peer&, int) {
        while (!over) usleep(1000);
      },
      certificate());
  ManyPieces body(kManyPieces);
  Kept answer;
  const auto running = StartStream(Post(server.port()), &body, std::nullopt, &answer);
  RunUntilStill([&] { return body.asked; });
  ExpectExpiry(running, absl::Seconds(10), Reason::kProviderUnreachable, Sent::kMaybe);
  over = true;
}

TEST_P(StreamPaceTest, AnAnswerThatDoesNotBeginOrStopsIsLeftAfterTenSeconds) {
  for (const char* const text : {"", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 2",
                                 "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nsome"}) {
    const ScriptedServer server(
        [text](Peer& peer, int) {
          peer.ReadRequest();
          peer.Send(text);
          peer.WaitForEnd();
        },
        certificate());
    Pieces body({"x"});
    Kept answer;
    const auto running = StartStream(Post(server.port()), &body, 1, &answer);
    RunFor(std::chrono::milliseconds(50));
    ExpectExpiry(running, absl::Seconds(10), Reason::kProviderUnreachable, Sent::kYes);
    EXPECT_EQ(HttpStatusOf(*running->result), answer.status);
  }
}

TEST_P(StreamPaceTest, EachByteGivesTenSecondsMore) {
  std::atomic<size_t> to_send = 0;
  const std::string text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  const ScriptedServer server(
      [&](Peer& peer, int) {
        peer.ReadRequest();
        for (size_t sent = 0; sent < text.size(); usleep(500)) {
          for (; sent < to_send; ++sent) peer.Send(text.substr(sent, 1));
        }
        peer.WaitForEnd();
      },
      certificate());
  Pieces body({"x"});
  Kept answer;
  const auto running = StartStream(Post(server.port()), &body, 1, &answer);
  EXPECT_TRUE(RunUntil(loop_, [&] { return body.asked == 2; }));
  for (size_t i = 0; i < text.size(); ++i) {
    RunFor(std::chrono::milliseconds(20));
    EXPECT_FALSE(running->done());
    environment_.Advance(absl::Seconds(9));
    RunReady(loop_);
    ++to_send;
  }
  EXPECT_THAT(Finish(running), IsOk());
}

TEST_P(StreamPaceTest, ASlowCallerIsNotTheProvidersFault) {
  const ScriptedServer server(
      [](Peer& peer, int) {
        ReadUntil(peer, "0\r\n\r\n");
        peer.Send(kOk);
        peer.WaitForEnd();
      },
      certificate());
  Gate gate;
  Pieces body({"x"}, &gate);
  Kept answer;
  const auto running = StartStream(Post(server.port()), &body, std::nullopt, &answer);
  ASSERT_TRUE(RunUntil(loop_, [&] { return body.asked == 2; }));
  PassAMinute();
  EXPECT_FALSE(running->done());
  gate.Open();
  EXPECT_THAT(Finish(running), IsOk());
}

TEST_P(StreamPaceTest, TheProvidersTimeBeginsWhenOurCallerHasDoneItsPart) {
  const ScriptedServer server([](Peer& peer, int) { peer.WaitForEnd(); }, certificate());
  Gate gate;
  Pieces body({"x"}, &gate);
  Kept answer;
  const auto running = StartStream(Post(server.port()), &body, std::nullopt, &answer);
  ASSERT_TRUE(RunUntil(loop_, [&] { return body.asked == 2; }));
  PassAMinute();
  gate.Open();
  RunFor(std::chrono::milliseconds(50));
  // The alarm that was set while we waited for the caller rings in between, and is set anew.
  environment_.Advance(absl::Seconds(5));
  RunReady(loop_);
  ExpectExpiry(running, absl::Seconds(5), Reason::kProviderUnreachable, Sent::kYes);
}

TEST_P(StreamPaceTest, TheDeadlineEndsEveryWait) {
  for (const char* const waits_for : {"the source", "the sink", "the provider"}) {
    const bool sink = absl::string_view(waits_for) == "the sink";
    const bool source = absl::string_view(waits_for) == "the source";
    const ScriptedServer server(
        [&](Peer& peer, int) {
          peer.ReadSome();
          if (sink) peer.Send(kOk);
          peer.WaitForEnd();
        },
        certificate());
    Gate never;
    Pieces body({"x"}, source ? &never : nullptr);
    Kept answer;
    if (sink) answer.before_taking = &never;
    const auto running = StartStream(Post(server.port()), &body, std::nullopt, &answer, "", absl::Seconds(8));
    RunFor(std::chrono::milliseconds(50));
    ASSERT_FALSE(running->done()) << waits_for;
    ExpectExpiry(running, absl::Seconds(8), Reason::kDeadline, source ? Sent::kMaybe : Sent::kYes);
  }
}

}  // namespace
}  // namespace oauth1d::egress
