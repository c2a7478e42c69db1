#include "server/egress/http_connection.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "server/egress/request_head.h"

namespace oauth1d::egress {
namespace {

using Outcome = Step::Outcome;

constexpr size_t kReadSize = size_t{16} * 1024;  // a TLS record
// Up to this size head and body are joined, and leave in one TLS record and one packet train.
constexpr size_t kJoinedSize = size_t{16} * 1024;

bool IsWait(Outcome outcome) { return outcome == Outcome::kWantRead || outcome == Outcome::kWantWrite; }

// Watches that an answer does not trickle.
class Pace {
 public:
  Pace(Environment& environment, const HttpLimits& limits)
      : environment_(environment), limits_(limits), end_(Deadline::After(environment, limits.slow_window)) {}

  void Count(size_t bytes) { bytes_ += bytes; }
  // When the rate is looked at next.
  TimeLimit Within(TimeLimit limit) const {
    return limit.OrAfter(environment_, end_.Remaining(environment_), Expiry::kTooSlow);
  }
  // False: less than the least came within the window that has passed.
  bool Kept() {
    if (!end_.Passed(environment_)) return true;
    if (bytes_ < limits_.slow_bytes) return false;
    bytes_ = 0;
    end_ = Deadline::After(environment_, limits_.slow_window);
    return true;
  }

 private:
  Environment& environment_;
  const HttpLimits& limits_;
  Deadline end_;
  size_t bytes_ = 0;
};

}  // namespace

HttpConnection::HttpConnection(std::unique_ptr<egress::Stream> stream, HttpLimits limits)
    : stream_(std::move(stream)), limits_(limits) {}

HttpConnection::~HttpConnection() = default;

Task<HttpResponse> HttpConnection::Exchange(const HttpRequest* request, TimeLimit limit) {
  sent_ = Sent::kNo;
  usable_ = false;
  found_dead_ = false;
  may_have_answered_ = false;
  AnswerLimits answer_limits;
  answer_limits.body = request->max_answer_body;
  answer_limits.head_bytes = limits_.answer_head_bytes;
  answer_limits.head_fields = limits_.answer_head_fields;
  AnswerReader reader(request->method == "HEAD", answer_limits);

  absl::Status written = co_await Write(request, limit);
  if (!written.ok() && !may_have_answered_) co_return WithSent(written, sent_);
  absl::Status read = co_await Read(&reader, limit);
  if (!read.ok()) co_return WithHttpStatus(WithSent(read, sent_), reader.status());
  usable_ = written.ok() && reader.leaves_connection_usable();
  co_return reader.Release();
}

Task<> HttpConnection::Stream(boost::asio::io_context* loop, StreamedRequest request, TimeLimit limit) {
  usable_ = false;
  StreamedExchange exchange(*loop, stream_.get(), limits_, request, limit);
  absl::Status status = co_await exchange.Run();
  usable_ = exchange.usable();
  found_dead_ = exchange.found_dead();
  co_return status;
}

Task<> HttpConnection::Write(const HttpRequest* request, TimeLimit limit) {
  CO_ASSIGN_OR_RETURN(std::string head, RequestHead(*request, request->body.size()));
  absl::string_view body = request->body;
  if (head.size() + body.size() <= kJoinedSize) {
    head.append(body.data(), body.size());
    body = absl::string_view();
  }
  absl::string_view first = head;
  Socket& socket = stream_->socket();
  const uint64_t before = socket.bytes_out();
  while (!first.empty() || !body.empty()) {
    const Step step = stream_->Write(first, body);
    if (socket.bytes_out() != before) sent_ = Sent::kMaybe;
    if (step.outcome == Outcome::kDone) {
      const size_t of_first = std::min(step.bytes, first.size());
      first.remove_prefix(of_first);
      body.remove_prefix(step.bytes - of_first);
    } else if (IsWait(step.outcome)) {
      const TimeLimit until = limit.OrAfter(socket.environment(), limits_.sending, Expiry::kSending);
      CO_RETURN_IF_ERROR(co_await socket.Wait(step.outcome, until));
    } else {
      may_have_answered_ = sent_ != Sent::kNo && stream_->ReadsAfterBrokenWrite();
      co_return Died();
    }
  }
  sent_ = Sent::kYes;
  co_return absl::OkStatus();
}

Task<> HttpConnection::Read(AnswerReader* reader, TimeLimit limit) {
  Socket& socket = stream_->socket();
  const TimeLimit first_byte = limit.OrAfter(socket.environment(), limits_.first_byte, Expiry::kFirstByte);
  std::optional<Pace> pace;
  const auto buffer = std::make_unique<char[]>(kReadSize);
  while (!reader->done()) {
    const Step step = stream_->Read(absl::MakeSpan(buffer.get(), kReadSize));
    if (step.outcome == Outcome::kDone) {
      sent_ = Sent::kYes;
      if (!pace.has_value()) pace.emplace(socket.environment(), limits_);
      pace->Count(step.bytes);
      CO_RETURN_IF_ERROR(reader->Take(absl::string_view(buffer.get(), step.bytes)));
      if (reader->awaits_answer()) pace.reset();  // the provider said that it works on it
    } else if (IsWait(step.outcome)) {
      if (pace.has_value() && !pace->Kept()) co_return ExpiryError(Expiry::kTooSlow);
      TimeLimit until = first_byte;
      if (pace.has_value()) until = pace->Within(limit);
      absl::Status ready = co_await socket.Wait(step.outcome, until);
      // The window's end is only an error if too little came.
      const bool window_ended = !ready.ok() && pace.has_value() && until.expiry == Expiry::kTooSlow &&
                                ready.code() == absl::StatusCode::kUnavailable;
      if (window_ended && pace->Kept()) continue;
      if (!ready.ok()) co_return ready;
    } else if (step.outcome == Outcome::kEnd) {
      // Behind a broken write it may be a reset in disguise.
      if (reader->awaits_answer() || may_have_answered_) co_return Died();
      CO_RETURN_IF_ERROR(reader->TakeEnd());
    } else {
      co_return Died();
    }
  }
  co_return absl::OkStatus();
}

absl::Status HttpConnection::Died() {
  found_dead_ = true;
  return Fail(Reason::kProviderUnreachable, "the connection to the provider died before its answer was whole");
}

}  // namespace oauth1d::egress
