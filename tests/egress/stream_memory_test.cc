// What a streamed exchange holds while bodies of any size pass.
#include <malloc.h>

#include "tests/egress/stream_test.h"

// There with a sanitizer, which has a heap of its own.
extern "C" size_t __sanitizer_get_current_allocated_bytes() __attribute__((weak));

namespace oauth1d::egress {
namespace {

using StreamMemoryTest = StreamTest;
INSTANTIATE_TEST_SUITE_P(Stream, StreamMemoryTest, ::testing::Bool(), HttpOrTls);

// Live bytes on the heap of this process, the test's server included.
size_t HeapBytes() {
  if (&__sanitizer_get_current_allocated_bytes != nullptr) return __sanitizer_get_current_allocated_bytes();
  return mallinfo2().uordblks + mallinfo2().hblkhd;
}

// Checks what comes back against what was sent, and keeps none of it.
class Compared : public AnswerSink {
 public:
  Task<> Begin(HttpResponse) override { co_return absl::OkStatus(); }
  Task<> Take(std::string piece) override {
    most_heap = std::max(most_heap, HeapBytes());
    for (absl::string_view rest = piece; !rest.empty();) {
      if (expected_.empty()) {
        piece_ = ManyPieces::Piece(whole++);
        expected_ = piece_;
      }
      const size_t size = std::min(rest.size(), expected_.size());
      if (rest.substr(0, size) != expected_.substr(0, size)) co_return absl::DataLossError("another byte came");
      rest.remove_prefix(size);
      expected_.remove_prefix(size);
    }
    co_return absl::OkStatus();
  }
  bool at_end() const { return expected_.empty(); }

  size_t whole = 0;
  size_t most_heap = 0;

 private:
  std::string piece_;
  absl::string_view expected_;
};

TEST_P(StreamMemoryTest, TwoHundredMebibytesGoBothWaysAtOnceInConstantMemory) {
  constexpr size_t kPieces = size_t{200} * 1024 * 1024 / ManyPieces::kSize;
  const ScriptedServer echo(
      [&](Peer& peer, int) {
        std::string bytes = peer.ReadSome();
        bytes.erase(0, bytes.find("\r\n\r\n") + 4);
        peer.Send(absl::StrCat("HTTP/1.1 200 OK\r\nContent-Length: ", kPieces * ManyPieces::kSize, "\r\n\r\n"));
        for (size_t left = kPieces * ManyPieces::kSize; left > 0;) {
          peer.Send(bytes);
          left -= bytes.size();
          if (left > 0) bytes = peer.ReadSome();
          if (bytes.empty()) return;
        }
        peer.WaitForEnd();
      },
      certificate());
  ManyPieces body(kPieces);
  Compared answer;
  const size_t before = HeapBytes();
  EXPECT_THAT(Stream(Post(echo.port()), &body, kPieces * ManyPieces::kSize, &answer), IsOk());
  EXPECT_EQ(answer.whole, kPieces);
  EXPECT_TRUE(answer.at_end());
  EXPECT_LT(answer.most_heap, before + size_t{1024} * 1024);
  EXPECT_EQ(pool_->idle_connections(), 1u);
}

}  // namespace
}  // namespace oauth1d::egress
