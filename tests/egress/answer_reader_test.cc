#include "server/egress/answer_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::egress {
namespace {

using ::testing::Not;

AnswerLimits Limits(size_t body) {
  AnswerLimits limits;
  limits.body = body;
  return limits;
}

// The answer in pieces of `size` bytes, then the end of the stream.
absl::StatusOr<HttpResponse> Read(absl::string_view text, size_t size = 1024 * 1024, size_t most_body = 1000,
                                  bool to_head = false, bool* usable = nullptr) {
  AnswerReader reader(to_head, Limits(most_body));
  for (size_t at = 0; at < text.size() && !reader.done(); at += size) {
    RETURN_IF_ERROR(reader.Take(text.substr(at, size)));
  }
  if (!reader.done()) RETURN_IF_ERROR(reader.TakeEnd());
  if (usable != nullptr) *usable = reader.leaves_connection_usable();
  return reader.Release();
}

TEST(AnswerReaderTest, KeepsFieldsInOrderAsTheyWereSpelt) {
  const auto answer = Read("HTTP/1.1 200 OK\r\nx-B: 1\r\nA:  2 \r\nX-b: 3\r\nEmpty:\r\nContent-Length: 0\r\n\r\n");
  ASSERT_THAT(answer, IsOk());
  std::string fields;
  for (const HeaderField& field : answer->headers) absl::StrAppend(&fields, field.name, "=", field.value, ";");
  EXPECT_EQ(fields, "x-B=1;A=2;X-b=3;Empty=;Content-Length=0;");
}

TEST(AnswerReaderTest, ReadsEveryFramingInPiecesOfEverySize) {
  const std::vector<std::string> answers = {
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: 1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n05\r\nhello\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello",
      "HTTP/1.0 200 OK\r\n\r\nhello",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 \r\nContent-Length: "
      "5\r\n\r\nhello",
  };
  for (const std::string& text : answers) {
    for (size_t size = 1; size <= text.size(); ++size) {
      const auto answer = Read(text, size);
      ASSERT_THAT(answer, IsOk()) << text << " by " << size;
      EXPECT_EQ(answer->status, 200);
      EXPECT_EQ(answer->body, "hello") << text << " by " << size;
    }
  }
}

TEST(AnswerReaderTest, ABodyThatIsPassedOnIsNotGathered) {
  const std::string head =
      "HTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string text = head + "2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n";
  for (size_t size = 1; size <= text.size(); ++size) {
    AnswerReader reader(false, Limits(AnswerLimits::kNoCap));
    std::string body;
    for (size_t at = 0; at < text.size(); at += size) {
      ASSERT_THAT(reader.Take(absl::string_view(text).substr(at, size)), IsOk());
      EXPECT_EQ(reader.status(), at + size < head.size() ? 0 : 200) << size;
      if (body.empty() && reader.status() != 0) {
        const HttpResponse begin = reader.ReleaseHead();
        if (!begin.headers.empty()) {
          EXPECT_EQ(begin.headers[0].name, "A");
        }
      }
      const std::string piece = reader.ReleaseBody();
      EXPECT_LE(piece.size(), size + 4);
      body += piece;
    }
    EXPECT_TRUE(reader.done());
    EXPECT_EQ(body, "hello");
    EXPECT_TRUE(reader.leaves_connection_usable());
  }
}

TEST(AnswerReaderTest, AnswersWithoutBodyEndWithTheirHead) {
  bool usable = false;
  const auto head = Read("HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n", 1024, 10, true, &usable);
  ASSERT_THAT(head, IsOk());
  EXPECT_TRUE(usable);
  for (const char* const status : {"204 No Content", "304 Not Modified"}) {
    const auto answer =
        Read(absl::StrCat("HTTP/1.1 ", status, "\r\nContent-Length: 999999\r\n\r\n"), 1024, 10, false, &usable);
    ASSERT_THAT(answer, IsOk());
    EXPECT_EQ(answer->body, "");
    EXPECT_TRUE(usable);
  }
}

TEST(AnswerReaderTest, ACutAnswerIsNeverWhole) {
  const std::vector<std::string> answers = {
      "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: 1\r\n\r\n",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n",
  };
  for (const std::string& text : answers) {
    for (size_t size = 0; size < text.size(); ++size) {
      EXPECT_THAT(Read(text.substr(0, size)), FailsWith(Reason::kProviderUnreachable)) << text.substr(0, size);
    }
  }
}

TEST(AnswerReaderTest, WhatIsNoHttpOrAmbiguousIsRefused) {
  for (const std::string& text : std::vector<std::string>{
           "garbage\r\n\r\n",
           "HTTP/2.0 200 OK\r\n\r\n",
           "HTTP/1.2 200 OK\r\n\r\n",
           "HTTP/1.1 20 OK\r\n\r\n",
           "HTTP/1.1 2000 OK\r\n\r\n",
           "HTTP/1.1 abc OK\r\n\r\n",
           "HTTP/1.1 099 OK\r\n\r\n",
           "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
           "http/1.1 200 OK\r\n\r\n",
           " HTTP/1.1 200 OK\r\n\r\n",
           "HTTP/1.1  200 OK\r\n\r\n",
           "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
           std::string("\x15\x03\x01\x00\x02\x02\x46", 7) + "HTTP/1.1 200",
           "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
           "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
           "HTTP/1.1 200 OK\r\nsp ace: 1\r\n\r\n",
           "HTTP/1.1 200 OK\r\nName : 1\r\n\r\n",
           "HTTP/1.1 200 OK\r\n: 1\r\n\r\n",
           std::string("HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n", 27),
           "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok",
           "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nok",
           "HTTP/1.1 200 OK\r\nContent-Length: 2 2\r\n\r\nok",
           "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nok",
           "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nok",
           "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
           "HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\nok",
           "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n2\r\nok\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
           "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nok\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokxx0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2 x\r\nok\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n2\r\nok\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11111111111111111\r\nok\r\n0\r\n\r\n",
       }) {
    EXPECT_THAT(Read(text), FailsWith(Reason::kProviderUnreachable)) << text;
    EXPECT_THAT(Read(text, 1), FailsWith(Reason::kProviderUnreachable)) << text << " byte by byte";
  }
}

TEST(AnswerReaderTest, RandomDamageNeverHurts) {
  const std::string text =
      "HTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: 1\r\n\r\n";
  for (size_t at = 0; at < text.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string damaged = text;
      damaged[at] = static_cast<char>(byte);
      const auto answer = Read(damaged, 1 + at % 7);
      const size_t size = answer.ok() ? answer->body.size() : 0;
      EXPECT_LE(size, damaged.size());
    }
  }
}

TEST(AnswerReaderTest, TooLargeIsToldAsSoonAsItIsKnown) {
  AnswerReader by_length(false, Limits(10));
  EXPECT_THAT(by_length.Take("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n1"), FailsWith(Reason::kResponseTooLarge));
  AnswerReader by_chunk(false, Limits(10));
  EXPECT_THAT(by_chunk.Take("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n1"),
              FailsWith(Reason::kResponseTooLarge));
  AnswerReader endless(false, Limits(10));
  EXPECT_THAT(endless.Take("HTTP/1.1 200 OK\r\n\r\n1234567890"), IsOk());
  EXPECT_THAT(endless.Take("1"), FailsWith(Reason::kResponseTooLarge));
  EXPECT_THAT(Read("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1234567890", 3, 10), IsOk());
}

TEST(AnswerReaderTest, HeadersAreLimitedInNumberAndSize) {
  std::string hundred = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n";
  for (int i = 0; i < 99; ++i) absl::StrAppend(&hundred, "X-", i, ": y\r\n");
  EXPECT_THAT(Read(hundred + "\r\n"), IsOk());
  EXPECT_THAT(Read(hundred + "X: y\r\n\r\n"), FailsWith(Reason::kResponseTooLarge));

  const std::string large = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: ";
  EXPECT_THAT(Read(large + std::string(32 * 1024 - 60, 'x') + "\r\n\r\n", 1000), IsOk());
  for (const size_t size : {100, 16 * 1024, 100 * 1024}) {
    EXPECT_THAT(Read(large + std::string(33 * 1024, 'x') + "\r\n\r\n", size), FailsWith(Reason::kResponseTooLarge));
    EXPECT_THAT(Read(large + std::string(64 * 1024, 'x'), size), FailsWith(Reason::kResponseTooLarge));
    EXPECT_THAT(Read("HTTP/1.1 200 " + std::string(64 * 1024, 'x'), size), FailsWith(Reason::kResponseTooLarge));
  }
}

TEST(AnswerReaderTest, EndlessInterimAnswersAndTrailersAreCut) {
  AnswerReader interim(false, Limits(10));
  absl::Status status;
  for (int i = 0; i < 10'000 && status.ok(); ++i) status = interim.Take("HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_THAT(status, FailsWith(Reason::kResponseTooLarge));

  AnswerReader trailers(false, Limits(10));
  status = trailers.Take("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
  for (int i = 0; i < 10'000 && status.ok(); ++i) status = trailers.Take("T: 1234567890\r\n");
  EXPECT_THAT(status, FailsWith(Reason::kResponseTooLarge));

  AnswerReader extension(false, Limits(10));
  status = extension.Take("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;");
  for (int i = 0; i < 10'000 && status.ok(); ++i) status = extension.Take("xxxxxxxxxxxxxxxx");
  EXPECT_THAT(status, FailsWith(Reason::kResponseTooLarge));
}

TEST(AnswerReaderTest, TellsWhenTheConnectionIsOfNoMoreUse) {
  bool usable = false;
  ASSERT_THAT(Read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 1024, 10, false, &usable), IsOk());
  EXPECT_TRUE(usable);
  for (const char* const text :
       {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 204 No\r\n\r\nx"}) {
    usable = true;
    ASSERT_THAT(Read(text, 1024, 10, false, &usable), IsOk()) << text;
    EXPECT_FALSE(usable) << text;
  }
}

}  // namespace
}  // namespace oauth1d::egress
