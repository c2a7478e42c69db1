// Both ends of a streamed request, for tests: the caller's chunks and answer, and the shape that the HTTP client sees.
#ifndef OAUTH1D_TESTS_FLOW_STREAM_ENDS_H_
#define OAUTH1D_TESTS_FLOW_STREAM_ENDS_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "server/egress/http_client.h"

namespace oauth1d::flow {

// The chunks of a caller.
class Chunks : public egress::BodySource {
 public:
  explicit Chunks(std::deque<std::string> chunks) : left(std::move(chunks)) {}

  Task<std::optional<std::string>> Next() override {
    ++asked;
    if (left.empty()) co_return end.ok() ? absl::StatusOr<std::optional<std::string>>(std::nullopt) : end;
    std::string chunk = std::move(left.front());
    left.pop_front();
    co_return chunk;
  }

  std::deque<std::string> left;
  absl::Status end;  // in place of the end
  int asked = 0;
};

// What a caller gets.
class Received : public egress::AnswerSink {
 public:
  Task<> Begin(egress::HttpResponse head) override {
    answer = std::move(head);
    co_return absl::OkStatus();
  }
  Task<> Take(std::string piece) override {
    answer.body += piece;
    co_return absl::OkStatus();
  }

  egress::HttpResponse answer;
};

// Passes requests on, and keeps in which shape they came.
class Shapes : public egress::HttpClient {
 public:
  explicit Shapes(egress::HttpClient* next) : next_(*next) {}

  Task<egress::HttpResponse> Send(egress::HttpRequest request, Deadline deadline) override {
    return next_.Send(std::move(request), deadline);
  }
  Task<> Stream(egress::HttpRequest request, egress::BodySource* body, std::string body_end,
                std::optional<uint64_t> content_length, egress::AnswerSink* answer, Deadline deadline) override {
    streamed = body != nullptr;
    length = content_length;
    return next_.Stream(std::move(request), body, std::move(body_end), content_length, answer, deadline);
  }

  bool streamed = false;
  std::optional<uint64_t> length;

 private:
  egress::HttpClient& next_;
};

}  // namespace oauth1d::flow

#endif  // OAUTH1D_TESTS_FLOW_STREAM_ENDS_H_
