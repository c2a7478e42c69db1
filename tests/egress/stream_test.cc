// The bytes of streamed exchanges, both ways.
#include "tests/egress/stream_test.h"

namespace oauth1d::egress {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;

INSTANTIATE_TEST_SUITE_P(Stream, StreamTest, ::testing::Bool(), HttpOrTls);

TEST_P(StreamTest, ABodyOfKnownLengthArrivesAsItIs) {
  const ScriptedServer server(AlwaysAnswer(kOk), certificate());
  HttpRequest request = Post(server.port(), "/p?q");
  request.headers = {{"Content-Type", "multipart/form-data; boundary=x"}};
  request.body = "begin ";
  Pieces body({"a", std::string("\0b\r\n", 4), "", "c"});
  Kept answer;
  ASSERT_THAT(Stream(request, &body, 6 + 6 + 4, &answer, " end"), IsOk());
  EXPECT_THAT(server.requests(), ElementsAre(absl::StrCat("POST /p?q HTTP/1.1\r\nHost: 127.0.0.1:", server.port(),
                                                          "\r\nContent-Type: multipart/form-data; boundary=x\r\n"
                                                          "Content-Length: 16\r\n\r\n",
                                                          std::string("begin a\0b\r\nc end", 16))));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(FindHeader(answer.headers, "content-length"), "2");
  EXPECT_EQ(answer.body, "ok");
}

TEST_P(StreamTest, ABodyOfUnknownLengthArrivesInChunks) {
  std::string seen;
  const ScriptedServer server(
      [&](Peer& peer, int) {
        seen = ReadUntil(peer, "0\r\n\r\n");
        peer.Send(kOk);
        peer.WaitForEnd();
      },
      certificate());
  HttpRequest request = Post(server.port());
  request.body = "begin";
  Pieces body({std::string(26, 'a'), "", std::string("b\0c", 3)});
  Kept answer;
  ASSERT_THAT(Stream(request, &body, std::nullopt, &answer, "the end"), IsOk());
  EXPECT_EQ(seen,
            absl::StrCat("POST / HTTP/1.1\r\nHost: 127.0.0.1:", server.port(),
                         "\r\nTransfer-Encoding: chunked\r\n\r\n"
                         "5\r\nbegin\r\n1a\r\n",
                         std::string(26, 'a'), "\r\n3\r\n", std::string("b\0c", 3), "\r\n7\r\nthe end\r\n0\r\n\r\n"));
  EXPECT_EQ(answer.body, "ok");
}

TEST_P(StreamTest, AnEmptyBodyOfUnknownLengthIsOneLastChunk) {
  std::string seen;
  const ScriptedServer server(
      [&](Peer& peer, int) {
        seen = ReadUntil(peer, "0\r\n\r\n");
        peer.Send(kOk);
      },
      certificate());
  Pieces body({});
  Kept answer;
  ASSERT_THAT(Stream(Post(server.port()), &body, std::nullopt, &answer), IsOk());
  EXPECT_THAT(seen, EndsWith("\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
}

TEST_P(StreamTest, WithoutASourceTheRequestIsAsSendHasIt) {
  const ScriptedServer server(AlwaysAnswer(kOk), certificate());
  HttpRequest get = Post(server.port());
  get.method = "GET";
  Kept of_get, of_post;
  ASSERT_THAT(Stream(get, nullptr, std::nullopt, &of_get), IsOk());
  HttpRequest post = Post(server.port());
  post.body = "whole";
  ASSERT_THAT(Stream(post, nullptr, std::nullopt, &of_post, " body"), IsOk());
  const std::string host = absl::StrCat(" / HTTP/1.1\r\nHost: 127.0.0.1:", server.port(), "\r\n");
  EXPECT_THAT(server.requests(), ElementsAre(absl::StrCat("GET", host, "\r\n"),
                                             absl::StrCat("POST", host, "Content-Length: 10\r\n\r\nwhole body")));
  EXPECT_EQ(server.connections(), 1);
}

TEST_P(StreamTest, EveryFramingOfAnAnswerIsPassedOn) {
  for (const char* const text : {
           "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: 1\r\n\r\n",
           "HTTP/1.1 200 OK\r\n\r\nhello",
           "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
           "hello",
       }) {
    for (const bool byte_by_byte : {false, true}) {
      const ScriptedServer server(
          [&](Peer& peer, int) {
            peer.ReadRequest();
            absl::string_view rest = text;
            for (; byte_by_byte && !rest.empty(); rest.remove_prefix(1)) peer.Send(rest.substr(0, 1));
            peer.Send(rest);
            peer.HalfClose();
          },
          certificate());
      Kept answer;
      Pieces body({"x"});
      ASSERT_THAT(Stream(Post(server.port()), &body, 1, &answer), IsOk()) << text;
      EXPECT_EQ(answer.status, 200) << text;
      EXPECT_EQ(FindHeader(answer.headers, "A"), "") << text;
      EXPECT_EQ(answer.body, "hello") << text;
    }
  }
}

TEST_P(StreamTest, AnAnswerWithoutABodyBringsNoPiece) {
  const ScriptedServer server(AlwaysAnswer("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"), certificate());
  for (const char* const method : {"GET", "HEAD"}) {
    HttpRequest request = Post(server.port());
    request.method = method;
    Kept answer;
    ASSERT_THAT(Stream(request, nullptr, std::nullopt, &answer), IsOk());
    EXPECT_EQ(answer.status, 304);
    EXPECT_EQ(answer.taken, 0u);
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_P(StreamTest, AnAnswerMayBeginBeforeTheRequestHasEnded) {
  const ScriptedServer server(
      [&](Peer& peer, int) {
        peer.ReadSome();
        peer.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nearly\r\n");
        ReadUntil(peer, "0\r\n\r\n");
        peer.Send("4\r\nlate\r\n0\r\n\r\n");
        peer.WaitForEnd();
      },
      certificate());
  Gate gate;
  Pieces body({"a"}, &gate);
  Kept answer;
  const auto running = StartStream(Post(server.port()), &body, std::nullopt, &answer);
  ASSERT_TRUE(RunUntil(loop_, [&] { return answer.body == "early"; }));
  EXPECT_FALSE(running->done());
  gate.Open();
  ASSERT_THAT(Finish(running), IsOk());
  EXPECT_EQ(answer.body, "earlylate");
  EXPECT_EQ(pool_->idle_connections(), 1u);
}

TEST_P(StreamTest, AConnectionIsKeptForTheNextRequest) {
  const ScriptedServer server(
      [](Peer& peer, int) {
        for (const char* const end : {"\r\n\r\nabc", "3\r\nabc\r\n0\r\n\r\n", "\r\n\r\n"}) {
          ReadUntil(peer, end);
          peer.Send(kOk);
        }
        peer.WaitForEnd();
      },
      certificate());
  for (const std::optional<uint64_t> length : {std::optional<uint64_t>(3), std::optional<uint64_t>()}) {
    Pieces body({"abc"});
    Kept answer;
    ASSERT_THAT(Stream(Post(server.port()), &body, length, &answer), IsOk());
    EXPECT_EQ(answer.body, "ok");
    EXPECT_EQ(pool_->idle_connections(), 1u);
  }
  HttpRequest get = Post(server.port());
  get.method = "GET";
  EXPECT_THAT(Send(get), IsOk());
  EXPECT_EQ(server.connections(), 1);
}

TEST_P(StreamTest, AConnectionThatDiedWhileIdleIsReplacedSilently) {
  std::atomic<bool> closed = false;
  const ScriptedServer server(
      [&](Peer& peer, int number) {
        peer.ReadRequest();
        peer.Send(kOk);
        if (number > 0) return peer.WaitForEnd();
        peer.Close();
        closed = true;
      },
      certificate());
  Pieces first({"1"}), second({"2"});
  Kept answers[2];
  ASSERT_THAT(Stream(Post(server.port()), &first, 1, &answers[0]), IsOk());
  ASSERT_TRUE(RunUntil(loop_, [&] { return closed.load(); }));
  ASSERT_THAT(Stream(Post(server.port()), &second, 1, &answers[1]), IsOk());
  EXPECT_EQ(answers[1].body, "ok");
  EXPECT_EQ(server.connections(), 2);
}

}  // namespace
}  // namespace oauth1d::egress
