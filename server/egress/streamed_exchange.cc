#include "server/egress/streamed_exchange.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "server/egress/cancelled.h"
#include "server/egress/request_head.h"

namespace oauth1d::egress {
namespace {

using Outcome = Step::Outcome;

// AnswerReader may hand out a few bytes that it held back before: with them it is a piece of 64 KiB at most.
constexpr size_t kReadSize = size_t{64} * 1024 - 16;

// Up to this size head and the first of the body leave in one TLS record and one packet train.
constexpr size_t kJoinedSize = size_t{16} * 1024;

bool IsWait(Outcome outcome) { return outcome == Outcome::kWantRead || outcome == Outcome::kWantWrite; }

// Lets everyone else on the loop have a turn: sockets and callers that are always ready would keep it for themselves.
// kCancelled: the side was told to stop.
Task<> Yield() {
  const boost::asio::any_io_executor loop = co_await boost::asio::this_coro::executor;
  co_await boost::asio::post(loop, boost::asio::use_awaitable);
  if (co_await Cancelled()) co_return absl::CancelledError("cancelled");
  co_return absl::OkStatus();
}

// Without a source the body's length is known.
std::optional<uint64_t> LengthOf(const StreamedRequest& request) {
  if (request.content_length.has_value() || request.body != nullptr) return request.content_length;
  return request.request->body.size() + request.body_end.size();
}

}  // namespace

StreamedExchange::StreamedExchange(boost::asio::io_context& loop, Stream* stream, const HttpLimits& limits,
                                   StreamedRequest request, TimeLimit limit)
    : environment_(stream->socket().environment()),
      stream_(*stream),
      limits_(limits),
      request_(request),
      limit_(limit),
      sides_(loop),
      framing_(LengthOf(request), request.body_end),
      alarm_(environment_.NewAlarm(loop.get_executor())),
      bytes_out_before_(stream->socket().bytes_out()),
      moved_at_(environment_.Uptime()) {}

Task<> StreamedExchange::Run() {
  SetAlarm();
  auto write = [this] { return Write(); };
  auto read = [this] { return Read(); };
  auto cancel = [this] { End(absl::CancelledError("cancelled")); };
  co_await sides_.Run(std::move(write), std::move(read), std::move(cancel));
  alarm_->Cancel();
  if (!status_.ok()) co_return WithHttpStatus(WithSent(status_, sent_), http_status_);
  co_return absl::OkStatus();
}

Task<> StreamedExchange::Write() {
  absl::Status status = co_await WriteBody();
  if (status.ok()) {
    request_whole_ = true;
    sent_ = Sent::kYes;
  } else if (!write_broken_) {
    End(std::move(status));
  }
  co_return absl::OkStatus();
}

Task<> StreamedExchange::WriteBody() {
  CO_ASSIGN_OR_RETURN(std::string head, RequestHead(*request_.request, LengthOf(request_)));
  CO_ASSIGN_OR_RETURN(std::string begin, framing_.Piece(request_.request->body));
  // What makes a body of known length whole leaves only once the source has said that this was all: the provider never
  // acts on a body that was cut off, or has more than it should.
  std::string last;
  if (request_.body == nullptr) {
    CO_ASSIGN_OR_RETURN(const std::string end, framing_.End());
    begin += end;
  } else if (framing_.whole()) {
    last = std::exchange(begin, std::string());
  }
  if (head.size() + begin.size() <= kJoinedSize) head += std::exchange(begin, std::string());
  CO_RETURN_IF_ERROR(co_await Put(head, begin));
  begin = std::string();
  if (request_.body == nullptr) co_return absl::OkStatus();
  for (;;) {
    BeginCallerWait();
    absl::StatusOr<std::optional<std::string>> next = co_await request_.body->Next();
    EndCallerWait();
    CO_ASSIGN_OR_RETURN(std::optional<std::string> piece, std::move(next));
    if (!piece.has_value()) break;
    CO_ASSIGN_OR_RETURN(std::string framed, framing_.Piece(*std::move(piece)));
    if (framing_.whole()) {
      last += framed;
      continue;
    }
    CO_RETURN_IF_ERROR(co_await Put(framed, absl::string_view()));
    CO_RETURN_IF_ERROR(co_await Yield());
  }
  CO_ASSIGN_OR_RETURN(const std::string end, framing_.End());
  CO_RETURN_IF_ERROR(co_await Put(last, end));
  co_return absl::OkStatus();
}

Task<> StreamedExchange::Put(absl::string_view first, absl::string_view second) {
  Socket& socket = stream_.socket();
  while (!first.empty() || !second.empty()) {
    const Step step = stream_.Write(first, second);
    LookAtSocket();
    if (step.outcome == Outcome::kDone) {
      const size_t of_first = std::min(step.bytes, first.size());
      first.remove_prefix(of_first);
      second.remove_prefix(step.bytes - of_first);
    } else if (IsWait(step.outcome)) {
      CO_RETURN_IF_ERROR(co_await socket.Wait(step.outcome, limit_));
    } else {
      write_broken_ = sent_ != Sent::kNo && stream_.ReadsAfterBrokenWrite();
      co_return Died();
    }
  }
  co_return absl::OkStatus();
}

Task<> StreamedExchange::Read() {
  AnswerLimits answer_limits;
  answer_limits.body = AnswerLimits::kNoCap;
  answer_limits.head_bytes = limits_.answer_head_bytes;
  answer_limits.head_fields = limits_.answer_head_fields;
  AnswerReader reader(request_.request->method == "HEAD", answer_limits);
  absl::Status status = co_await PassOn(&reader);
  if (status.ok()) {
    answer_whole_ = true;
    usable_ = status_.ok() && request_whole_ && reader.leaves_connection_usable();
    sides_.StopFirst();
  } else {
    End(std::move(status));
  }
  co_return absl::OkStatus();
}

Task<> StreamedExchange::PassOn(AnswerReader* reader) {
  Socket& socket = stream_.socket();
  const auto buffer = std::make_unique<char[]>(kReadSize);
  while (!reader->done()) {
    const Step step = stream_.Read(absl::MakeSpan(buffer.get(), kReadSize));
    LookAtSocket();
    if (step.outcome == Outcome::kDone) {
      sent_ = Sent::kYes;
      CO_RETURN_IF_ERROR(reader->Take(absl::string_view(buffer.get(), step.bytes)));
      if (reader->status() == 0) continue;
      BeginCallerWait();
      absl::Status given = co_await Give(reader);
      EndCallerWait();
      if (!given.ok()) co_return given;
      CO_RETURN_IF_ERROR(co_await Yield());
    } else if (IsWait(step.outcome)) {
      CO_RETURN_IF_ERROR(co_await socket.Wait(step.outcome, limit_));
    } else if (step.outcome == Outcome::kEnd) {
      // Behind a broken write it may be a reset in disguise.
      if (reader->awaits_answer() || write_broken_) co_return Died();
      CO_RETURN_IF_ERROR(reader->TakeEnd());
    } else {
      co_return Died();
    }
  }
  co_return absl::OkStatus();
}

Task<> StreamedExchange::Give(AnswerReader* reader) {
  if (http_status_ == 0) {
    http_status_ = reader->status();
    CO_RETURN_IF_ERROR(co_await request_.answer->Begin(reader->ReleaseHead()));
  }
  std::string piece = reader->ReleaseBody();
  if (piece.empty()) co_return absl::OkStatus();
  co_return co_await request_.answer->Take(std::move(piece));
}

void StreamedExchange::End(absl::Status status) {
  if (answer_whole_ || !status_.ok()) return;
  status_ = std::move(status);
  usable_ = false;
  sides_.StopFirst();
  sides_.StopSecond();
}

absl::Status StreamedExchange::Died() {
  found_dead_ = true;
  return Fail(Reason::kProviderUnreachable, "the connection to the provider died before its answer was whole");
}

void StreamedExchange::LookAtSocket() {
  const Socket& socket = stream_.socket();
  if (sent_ == Sent::kNo && socket.bytes_out() != bytes_out_before_) sent_ = Sent::kMaybe;
  const uint64_t moved = socket.bytes_out() + socket.bytes_in();
  if (moved == bytes_moved_) return;
  bytes_moved_ = moved;
  moved_at_ = environment_.Uptime();
}

void StreamedExchange::BeginCallerWait() { ++caller_waits_; }

void StreamedExchange::EndCallerWait() {
  --caller_waits_;
  moved_at_ = environment_.Uptime();
}

void StreamedExchange::SetAlarm() {
  const absl::Duration stalls_in = moved_at_ + limits_.stall - environment_.Uptime();
  alarm_->Set(std::min(stalls_in, limit_.at.Remaining(environment_)), [this] { OnAlarm(); });
}

void StreamedExchange::OnAlarm() {
  if (limit_.at.Passed(environment_)) return End(ExpiryError(limit_.expiry));
  if (caller_waits_ > 0) moved_at_ = environment_.Uptime();
  if (environment_.Uptime() - moved_at_ < limits_.stall) return SetAlarm();
  if (!request_whole_ && !write_broken_) return End(ExpiryError(Expiry::kSending));
  End(ExpiryError(http_status_ == 0 ? Expiry::kFirstByte : Expiry::kStalled));
}

}  // namespace oauth1d::egress
