// What the tests of streamed exchanges share: bodies that come and go in pieces, over http and TLS.
#ifndef OAUTH1D_TESTS_EGRESS_STREAM_TEST_H_
#define OAUTH1D_TESTS_EGRESS_STREAM_TEST_H_

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/event.h"
#include "tests/egress/pool_test.h"

namespace oauth1d::egress {

// Holds a source or a sink until it is opened.
class Gate {
 public:
  void Open() { open_.Set({}); }
  Task<> Pass() {
    const std::optional<std::monostate> opened = co_await open_.Wait();
    if (!opened.has_value()) co_return absl::CancelledError("cancelled");
    co_return absl::OkStatus();
  }

 private:
  Event<std::monostate> open_;
};

// Gives these pieces, then ends; or is held before the end.
class Pieces : public BodySource {
 public:
  explicit Pieces(std::vector<std::string> pieces, Gate* before_end = nullptr)
      : pieces_(std::move(pieces)), before_end_(before_end) {}

  Task<std::optional<std::string>> Next() override {
    if (asked++ < pieces_.size()) co_return pieces_[asked - 1];
    if (before_end_ != nullptr) CO_RETURN_IF_ERROR(co_await before_end_->Pass());
    co_return failure.ok() ? absl::StatusOr<std::optional<std::string>>(std::nullopt) : failure;
  }

  size_t asked = 0;
  absl::Status failure;  // in place of the end

 private:
  const std::vector<std::string> pieces_;
  Gate* const before_end_;
};

// Gives so many pieces of 64 KiB, each another one.
class ManyPieces : public BodySource {
 public:
  static constexpr size_t kSize = size_t{64} * 1024;
  explicit ManyPieces(size_t pieces) : pieces_(pieces) {}

  static std::string Piece(size_t number) {
    std::string piece(kSize, static_cast<char>('a' + number % 26));
    const std::string stamp = absl::StrCat(number);
    return piece.replace(0, stamp.size(), stamp);
  }

  Task<std::optional<std::string>> Next() override {
    if (asked == pieces_) co_return std::nullopt;
    co_return Piece(asked++);
  }

  size_t asked = 0;

 private:
  const size_t pieces_;
};

// Keeps what comes.
class Kept : public AnswerSink {
 public:
  Task<> Begin(HttpResponse head) override {
    EXPECT_EQ(status, 0);
    EXPECT_EQ(head.body, "");
    status = head.status;
    headers = std::move(head.headers);
    co_return begin_failure;
  }
  Task<> Take(std::string piece) override {
    EXPECT_NE(status, 0);
    EXPECT_FALSE(piece.empty());
    EXPECT_LE(piece.size(), size_t{64} * 1024);
    ++taken;
    if (before_taking != nullptr) CO_RETURN_IF_ERROR(co_await before_taking->Pass());
    body += piece;
    co_return take_failure;
  }

  int status = 0;
  std::vector<HeaderField> headers;
  std::string body;
  size_t taken = 0;
  Gate* before_taking = nullptr;
  absl::Status begin_failure;
  absl::Status take_failure;
};

// What the client sends, to its last byte.
inline std::string ReadUntil(Peer& peer, absl::string_view end) {
  std::string all;
  while (!absl::EndsWith(all, end)) {
    const std::string more = peer.ReadSome();
    if (more.empty()) break;
    all += more;
  }
  return all;
}

// Runs over http, and over TLS.
class StreamTest : public PoolTest, public ::testing::WithParamInterface<bool> {
 protected:
  StreamTest() {
    if (GetParam()) rules_->ca_pem = authority_.pem();
  }

  const TestCertificate* certificate() const { return GetParam() ? &certificate_ : nullptr; }

  HttpRequest Post(uint16_t port, std::string target = "/") {
    HttpRequest request = Request(port, "POST", std::move(target));
    request.origin.tls = GetParam();
    return request;
  }

  auto StartStream(HttpRequest request, BodySource* body, std::optional<uint64_t> length, AnswerSink* answer,
                   std::string body_end = "", absl::Duration time = absl::Hours(1)) {
    const Deadline deadline = Deadline::After(environment_, time);
    return StartTask(loop_, [this, request = std::move(request), body, length, answer, body_end, deadline] {
      return pool_->Stream(request, body, body_end, length, answer, deadline);
    });
  }

  absl::Status Stream(HttpRequest request, BodySource* body, std::optional<uint64_t> length, AnswerSink* answer,
                      std::string body_end = "") {
    return Finish(StartStream(std::move(request), body, length, answer, std::move(body_end)));
  }

  absl::Status Finish(const std::shared_ptr<Running<absl::Status>>& running) {
    if (!RunUntil(loop_, [&] { return running->done(); })) ADD_FAILURE() << "no answer, no error";
    return running->done() ? *running->result : absl::InternalError("the test waits no longer");
  }

  // Runs the loop until `value()` has not changed for a tenth of a second of real time.
  template <typename Value>
  void RunUntilStill(Value value) {
    for (auto before = value();;) {
      RunFor(std::chrono::milliseconds(100));
      const auto now = value();
      if (now == before) return;
      before = now;
    }
  }

 private:
  const TestAuthority authority_;
  const TestCertificate certificate_ = authority_.Issue("IP:127.0.0.1");
};

inline std::string HttpOrTls(const ::testing::TestParamInfo<bool>& info) { return info.param ? "Tls" : "Http"; }

}  // namespace oauth1d::egress

#endif  // OAUTH1D_TESTS_EGRESS_STREAM_TEST_H_
