// The bytes on the wire, and what the caller hears of them.
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/egress/pool_test.h"

namespace oauth1d::egress {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class WireTest : public PoolTest {
 protected:
  // The answer to one GET from a server that plays this script.
  absl::StatusOr<HttpResponse> Ask(ScriptedServer::Script script) {
    const ScriptedServer server(std::move(script));
    return Send(Request(server.port()));
  }
};

TEST_F(WireTest, AGetIsSentByteForByte) {
  const ScriptedServer server(AlwaysAnswer(kOk));
  HttpRequest request = Request(server.port(), "GET", "/1.1/a%20b;c?x=%C3%A4&&x=");
  request.headers = {{"authorization", "OAuth a=\"b\""}, {"X-b", "2"}, {"ACCEPT", "*/*"}, {"x-B", ""}};
  const auto answer = Send(std::move(request));
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "ok");
  EXPECT_THAT(server.requests(), ElementsAre(absl::StrCat("GET /1.1/a%20b;c?x=%C3%A4&&x= HTTP/1.1\r\n"
                                                          "Host: 127.0.0.1:",
                                                          server.port(),
                                                          "\r\n"
                                                          "authorization: OAuth a=\"b\"\r\n"
                                                          "X-b: 2\r\n"
                                                          "ACCEPT: */*\r\n"
                                                          "x-B: \r\n"
                                                          "\r\n")));
}

TEST_F(WireTest, APostIsSentWithItsLengthAndBody) {
  const ScriptedServer server(AlwaysAnswer(kOk));
  HttpRequest request = Request(server.port(), "POST", "/p");
  request.headers = {{"Content-Type", "application/octet-stream"}};
  request.body = std::string("a\0b\r\n\r\n", 7);
  ASSERT_THAT(Send(std::move(request)), IsOk());
  EXPECT_THAT(server.requests(), ElementsAre(absl::StrCat("POST /p HTTP/1.1\r\nHost: 127.0.0.1:", server.port(),
                                                          "\r\nContent-Type: application/octet-stream\r\n"
                                                          "Content-Length: 7\r\n\r\n",
                                                          std::string("a\0b\r\n\r\n", 7))));
  ASSERT_THAT(Send(Request(server.port(), "PUT", "/e")), IsOk());
  EXPECT_THAT(server.requests().back(), ::testing::EndsWith("\r\nContent-Length: 0\r\n\r\n"));
  ASSERT_THAT(Send(Request(server.port(), "DELETE", "/e")), IsOk());
  EXPECT_THAT(server.requests().back(), ::testing::Not(::testing::HasSubstr("Content-Length")));
}

TEST_F(WireTest, ALargeBodyArrivesWhole) {
  const ScriptedServer server(AlwaysAnswer(kOk));
  HttpRequest request = Request(server.port(), "POST");
  request.body.resize(8 * 1024 * 1024);
  for (size_t i = 0; i < request.body.size(); ++i) request.body[i] = static_cast<char>(i * 31 % 251);
  const std::string body = request.body;
  ASSERT_THAT(Send(std::move(request)), IsOk());
  ASSERT_THAT(server.requests(), SizeIs(1));
  EXPECT_TRUE(server.requests()[0].ends_with(body));
}

TEST_F(WireTest, WhatWouldSplitARequestIsNotSent) {
  const ScriptedServer server(AlwaysAnswer(kOk));
  const std::vector<HeaderField> bad = {{"A", "b\r\nC: d"},
                                        {"A", "b\n"},
                                        {"A\r\n", "b"},
                                        {"A b", "c"},
                                        {"", "x"},
                                        {"Host", "evil"},
                                        {"content-length", "5"},
                                        {"Connection", "x"},
                                        {"Transfer-Encoding", "chunked"}};
  for (const HeaderField& field : bad) {
    HttpRequest request = Request(server.port());
    request.headers.push_back(field);
    const auto answer = Send(std::move(request));
    EXPECT_THAT(answer, FailsWith(Reason::kInternal)) << field.name;
    EXPECT_EQ(SentOf(answer.status()), Sent::kNo);
  }
  for (const char* const target : {"", "x", "/ HTTP/1.1\r\nA: b", "/a b", "/\xc3\xa4", "http://x/"}) {
    EXPECT_THAT(Send(Request(server.port(), "GET", target)), FailsWith(Reason::kInternal)) << target;
  }
  EXPECT_THAT(Send(Request(server.port(), "GE T")), FailsWith(Reason::kInternal));
  EXPECT_THAT(server.requests(), SizeIs(0));
}

TEST_F(WireTest, RedirectsAreAnswersLikeAnyOther) {
  for (const int status : {301, 302, 303, 307, 308}) {
    const ScriptedServer trap(AlwaysAnswer(kOk));
    const auto answer = Ask(AlwaysAnswer(absl::StrCat(
        "HTTP/1.1 ", status, " Go\r\nLocation: http://127.0.0.1:", trap.port(), "/\r\nContent-Length: 0\r\n\r\n")));
    ASSERT_THAT(answer, IsOk());
    EXPECT_EQ(answer->status, status);
    EXPECT_FALSE(FindHeader(answer->headers, "location").empty());
    EXPECT_EQ(trap.connections(), 0);
  }
}

TEST_F(WireTest, NothingIsReadFromTheEnvironment) {
  const ScriptedServer trap(AlwaysAnswer(kOk));
  const std::string proxy = absl::StrCat("http://127.0.0.1:", trap.port());
  for (const char* const name : {"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"})
    setenv(name, proxy.c_str(), 1);
  EXPECT_THAT(Ask(AlwaysAnswer(kOk)), IsOk());
  EXPECT_EQ(trap.connections(), 0);
  for (const char* const name : {"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"}) unsetenv(name);
}

TEST_F(WireTest, ARefusedConnectionSentNothing) {
  uint16_t port = 0;
  {
    const ScriptedServer gone(AlwaysAnswer(kOk));
    port = gone.port();
  }
  const auto answer = Send(Request(port));
  EXPECT_THAT(answer, FailsWith(Reason::kProviderUnreachable));
  EXPECT_EQ(SentOf(answer.status()), Sent::kNo);
}

TEST_F(WireTest, AConnectionThatDiesAfterTheRequestIsToldAndNotRepeated) {
  for (const bool reset : {false, true}) {
    const ScriptedServer server([reset](Peer& peer, int) {
      peer.ReadRequest();
      if (reset) peer.Reset();
    });
    const auto answer = Send(Request(server.port()));
    EXPECT_THAT(answer, FailsWith(Reason::kProviderUnreachable));
    EXPECT_NE(SentOf(answer.status()), Sent::kNo);
    EXPECT_THAT(server.requests(), SizeIs(1));
    EXPECT_EQ(server.connections(), 1);
  }
}

TEST_F(WireTest, AnAnswerCutAtAnyByteIsNoAnswer) {
  const std::string whole =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n";
  for (const bool reset : {false, true}) {
    const ScriptedServer server([&](Peer& peer, int number) {
      peer.ReadRequest();
      peer.Send(whole.substr(0, static_cast<size_t>(number)));
      if (reset) peer.Reset();
    });
    for (size_t size = 0; size < whole.size(); ++size) {
      const auto answer = Send(Request(server.port()));
      EXPECT_THAT(answer, FailsWith(Reason::kProviderUnreachable)) << size;
      EXPECT_EQ(SentOf(answer.status()), Sent::kYes) << size;
    }
  }
}

TEST_F(WireTest, AnEarlyAnswerToALargeBodyIsRead) {
  const ScriptedServer server([](Peer& peer, int) {
    peer.ReadSome();
    peer.Send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
  });  // closes with the rest of the body unread: an RST
  HttpRequest request = Request(server.port(), "POST");
  request.body.resize(8 * 1024 * 1024);
  const auto answer = Send(std::move(request));
  // The kernel may drop what arrived when the RST comes; what is told must be true either way.
  if (answer.ok()) {
    EXPECT_EQ(answer->status, 413);
  } else {
    EXPECT_THAT(answer, FailsWith(Reason::kProviderUnreachable));
    EXPECT_NE(SentOf(answer.status()), Sent::kNo);
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(WireTest, BodiesBeyondTheCapAreRefusedAtOnce) {
  const auto too_large = [this](ScriptedServer::Script script) {
    const auto answer = Ask(std::move(script));
    EXPECT_THAT(answer, FailsWith(Reason::kResponseTooLarge));
    EXPECT_EQ(SentOf(answer.status()), Sent::kYes);
  };
  too_large([](Peer& peer, int) {  // and then nothing comes
    peer.ReadRequest();
    peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n");
    peer.WaitForEnd();
  });
  too_large([](Peer& peer, int) {
    peer.ReadRequest();
    peer.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 200; ++i) peer.Send("4000\r\n" + std::string(0x4000, 'x') + "\r\n");
  });
  too_large([](Peer& peer, int) {
    peer.ReadRequest();
    peer.Send("HTTP/1.1 200 OK\r\n\r\n");
    for (int i = 0; i < 200; ++i) peer.Send(std::string(0x4000, 'x'));
  });
}

TEST_F(WireTest, GarbageIsAnErrorThatNamesNoByteOfIt) {
  for (const char* const garbage : {"SSH-2.0-OpenSSH_9.2 canary\r\n", "HTTP/1.1 canary\r\n\r\n"}) {
    const auto answer = Ask([garbage](Peer& peer, int) {
      peer.ReadRequest();
      peer.Send(garbage);
      peer.WaitForEnd();
    });
    EXPECT_THAT(answer, FailsWith(Reason::kProviderUnreachable));
    EXPECT_EQ(SentOf(answer.status()), Sent::kYes);
    EXPECT_THAT(std::string(answer.status().message()), ::testing::Not(::testing::HasSubstr("canary")));
  }
}

}  // namespace
}  // namespace oauth1d::egress
