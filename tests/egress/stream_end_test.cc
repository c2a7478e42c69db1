// How a streamed exchange ends before its time.
#include <atomic>

#include "tests/egress/stream_test.h"

namespace oauth1d::egress {
namespace {

using StreamEndTest = StreamTest;
INSTANTIATE_TEST_SUITE_P(Stream, StreamEndTest, ::testing::Bool(), HttpOrTls);

constexpr char kTooLarge[] = "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno";
constexpr size_t kEndless = 1'000'000;

TEST_P(StreamEndTest, AnEarlyAnswerStopsTheUpload) {
  for (const bool closes : {false, true}) {
    std::atomic<bool> closed = false;
    const ScriptedServer server(
        [&](Peer& peer, int) {
          peer.ReadSome();
          peer.Send(kTooLarge);
          if (!closes) peer.WaitForEnd();
          closed = true;
        },  // with the rest unread: an RST
        certificate());
    ManyPieces body(kEndless);
    Kept answer;
    const absl::Status status = Stream(Post(server.port()), &body, std::nullopt, &answer);
    if (status.ok()) {
      EXPECT_EQ(answer.status, 413);
      EXPECT_EQ(answer.body, "no");
    } else {  // the kernel may drop what arrived when the RST comes
      EXPECT_TRUE(closes) << status;
      EXPECT_THAT(status, FailsWith(Reason::kProviderUnreachable));
    }
    EXPECT_LT(body.asked, kEndless);
    EXPECT_EQ(pool_->idle_connections(), 0u);
    ASSERT_TRUE(RunUntil(loop_, [&] { return closed.load(); }));
    EXPECT_EQ(pool_->open_sockets(), 0u);
  }
}

TEST_P(StreamEndTest, AnEarlyAnswerDoesNotWaitForASlowSource) {
  const ScriptedServer server(
      [](Peer& peer, int) {
        peer.ReadSome();
        peer.Send(kTooLarge);
        peer.WaitForEnd();
      },
      certificate());
  Gate never;
  Pieces body({"x"}, &never);
  Kept answer;
  ASSERT_THAT(Stream(Post(server.port()), &body, std::nullopt, &answer), IsOk());
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(pool_->open_sockets(), 0u);
}

TEST_P(StreamEndTest, AnAnswerCutAtAnyByteIsAnError) {
  const std::string whole =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n";
  for (const bool reset : {false, true}) {
    const ScriptedServer server(
        [&](Peer& peer, int number) {
          peer.ReadRequest();
          peer.Send(whole.substr(0, static_cast<size_t>(number)));
          if (reset) peer.Reset();
        },
        certificate());
    for (size_t size = 0; size < whole.size(); ++size) {
      Pieces body({"x"});
      Kept answer;
      const absl::Status status = Stream(Post(server.port()), &body, 1, &answer);
      EXPECT_THAT(status, FailsWith(Reason::kProviderUnreachable)) << size;
      EXPECT_EQ(SentOf(status), Sent::kYes) << size;
      EXPECT_EQ(HttpStatusOf(status), answer.status) << size;
      // With the reset the kernel may drop what came before.
      if (!reset) {
        EXPECT_EQ(answer.status == 200, size > whole.find("5\r\n") - 1) << size;
      }
    }
  }
}

TEST_P(StreamEndTest, AnAnswerUntilTheEndIsNotWholeIfTheConnectionBroke) {
  const ScriptedServer server(
      [&](Peer& peer, int) {
        peer.ReadSome();
        peer.Send("HTTP/1.1 200 OK\r\n\r\nhel");
        usleep(50'000);
        peer.Reset();
      },
      certificate());
  ManyPieces body(kEndless);
  Kept answer;
  const absl::Status status = Stream(Post(server.port()), &body, std::nullopt, &answer);
  EXPECT_THAT(status, FailsWith(Reason::kProviderUnreachable));
  EXPECT_EQ(SentOf(status), Sent::kYes);
}

TEST_P(StreamEndTest, AConnectionThatDiesUnderTheUploadIsTold) {
  const ScriptedServer server(
      [](Peer& peer, int) {
        peer.ReadSome();
        peer.Reset();
      },
      certificate());
  ManyPieces body(kEndless);
  Kept answer;
  const absl::Status status = Stream(Post(server.port()), &body, std::nullopt, &answer);
  EXPECT_THAT(status, FailsWith(Reason::kProviderUnreachable));
  EXPECT_EQ(SentOf(status), Sent::kMaybe);
  EXPECT_EQ(server.connections(), 1);
}

TEST_P(StreamEndTest, ABodyOfAnotherLengthIsNeverWholeForTheProvider) {
  struct Case {
    const char* name;
    uint64_t length;
    std::string end;
  };
  for (const Case& each : std::vector<Case>{{"too short", 9, ""},
                                            {"too short with an end", 12, "end"},
                                            {"too long", 7, ""},
                                            {"too long by a piece", 4, ""},
                                            {"too long with an end", 10, "end"}}) {
    std::string seen;
    std::atomic<bool> closed = false;
    const ScriptedServer server(
        [&](Peer& peer, int) {
          seen = ReadUntil(peer, "never");
          closed = true;
        },
        certificate());
    Pieces body({"abcd", "efgh"});
    Kept answer;
    const absl::Status status = Stream(Post(server.port()), &body, each.length, &answer, each.end);
    EXPECT_THAT(status, FailsWith(Reason::kInvalidRequest)) << each.name;
    ASSERT_EQ(FieldViolationsOf(status).size(), 1u);
    EXPECT_EQ(FieldViolationsOf(status)[0].field, "content_length");
    EXPECT_EQ(SentOf(status), Sent::kMaybe) << each.name;
    ASSERT_TRUE(RunUntil(loop_, [&] { return closed.load(); })) << each.name;
    EXPECT_LT(seen.size() - seen.find("\r\n\r\n") - 4, each.length) << each.name;
    EXPECT_EQ(answer.status, 0);
  }
}

TEST_P(StreamEndTest, ABodyThatIsCutOffIsNeverWholeForTheProvider) {
  for (const std::optional<uint64_t> length : {std::optional<uint64_t>(), std::optional<uint64_t>(12)}) {
    std::string seen;
    std::atomic<bool> closed = false;
    const ScriptedServer server(
        [&](Peer& peer, int) {
          seen = ReadUntil(peer, "never");
          closed = true;
        },
        certificate());
    Pieces body({"abcd", "efgh"});
    body.failure = FailField("end", "is missing");
    HttpRequest request = Post(server.port());
    request.body = "head";
    Kept answer;
    EXPECT_THAT(Stream(request, &body, length, &answer), FaultsField("end"));
    ASSERT_TRUE(RunUntil(loop_, [&] { return closed.load(); }));
    EXPECT_THAT(seen, ::testing::EndsWith(length.has_value() ? "headabcd" : "efgh\r\n"));
  }
}

TEST_P(StreamEndTest, ALengthThatCannotBeSendsNothing) {
  const ScriptedServer server(AlwaysAnswer(kOk), certificate());
  HttpRequest request = Post(server.port());
  request.body = "abc";
  Pieces body({"d"});
  Kept answer;
  for (const auto& [source, length] :
       {std::pair<BodySource*, uint64_t>(&body, 4), {&body, 0}, {nullptr, 4}, {nullptr, 6}}) {
    const absl::Status status = Stream(request, source, length, &answer, "xy");
    EXPECT_THAT(status, FailsWith(Reason::kInvalidRequest));
    EXPECT_EQ(SentOf(status), Sent::kNo);
  }
  EXPECT_EQ(body.asked, 0u);
  EXPECT_TRUE(server.requests().empty());
}

TEST_P(StreamEndTest, AnErrorOfTheSourceOrTheSinkEndsTheExchangeWithIt) {
  const absl::Status failure = Fail(Reason::kDeadline, "the caller is gone");
  for (const char* const whose : {"source", "head", "piece"}) {
    std::atomic<bool> closed = false;
    const ScriptedServer server(
        [&](Peer& peer, int) {
          peer.ReadSome();
          if (absl::string_view(whose) != "source") peer.Send(kOk);
          peer.WaitForEnd();
          closed = true;
        },
        certificate());
    Gate never;
    Pieces body({"x"}, absl::string_view(whose) == "source" ? nullptr : &never);
    Kept answer;
    if (absl::string_view(whose) == "source") body.failure = failure;
    if (absl::string_view(whose) == "head") answer.begin_failure = failure;
    if (absl::string_view(whose) == "piece") answer.take_failure = failure;
    const absl::Status status = Stream(Post(server.port()), &body, std::nullopt, &answer);
    EXPECT_THAT(status, FailsWith(Reason::kDeadline)) << whose;
    EXPECT_EQ(status.message(), failure.message());
    EXPECT_EQ(SentOf(status), absl::string_view(whose) == "source" ? Sent::kMaybe : Sent::kYes) << whose;
    EXPECT_TRUE(RunUntil(loop_, [&] { return closed.load(); })) << whose;
    EXPECT_EQ(pool_->open_sockets(), 0u) << whose;
  }
}

}  // namespace
}  // namespace oauth1d::egress
