#include "storage/redis_connection.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/base/spawn.h"

namespace oauth1d::storage {
namespace {

// Errors of a server that has become the wrong one to talk to, or no longer lets us; a new connection asks it, or its
// successor, again.
bool MeansWrongServer(const Reply& reply) {
  const absl::string_view code = reply.ErrorCode();
  return code == "READONLY" || code == "LOADING" || code == "MASTERDOWN" || code == "NOAUTH" || code == "NOPERM";
}

}  // namespace

absl::Status RedisConnection::Away(absl::string_view why) {
  return Fail(Reason::kStoreUnavailable, absl::StrCat("Redis is away: ", why.empty() ? "not connected" : why));
}

Task<Reply> RedisConnection::Command(std::vector<std::string> arguments, Deadline deadline) {
  const std::shared_ptr<RedisConnection> self = shared_from_this();
  if (deadline.Passed(environment_))
    co_return Fail(Reason::kDeadline, "the deadline had passed before Redis was asked");
  if (stopped_ || state_ == StoreState::kDown || state_ == StoreState::kUnsuitable) co_return Away(why_);

  const auto call = std::make_shared<Call>();
  call->arguments = std::move(arguments);
  const bool sent = state_ == StoreState::kUp;
  if (sent) {
    Send(call);
  } else {
    waiting_.push_back(call);
  }
  std::optional<absl::StatusOr<Reply>> answer;
  if (sent && deadline.Remaining(environment_) > kAnswerTime) {
    // The watchdog ends it in time: no timer of its own.
    answer = co_await call->answer.Wait();
  } else {
    const Deadline end = deadline.OrAfter(environment_, kAnswerTime);
    answer = co_await call->answer.Wait(environment_, end);
  }
  if (answer.has_value()) co_return *std::move(answer);

  call->abandoned = true;
  const boost::asio::cancellation_state state = co_await boost::asio::this_coro::cancellation_state;
  if (state.cancelled() != boost::asio::cancellation_type::none) co_return absl::CancelledError("cancelled");
  if (deadline.Passed(environment_)) co_return Fail(Reason::kDeadline, "the deadline passed while Redis was asked");
  co_return Away(why_);
}

void RedisConnection::Send(std::shared_ptr<Call> call) {
  AppendCommand(outgoing_, absl::Span<const std::string>(call->arguments));
  call->arguments = {};
  call->sent_at = environment_.Uptime();
  sent_.push_back(std::move(call));
  ArmWatchdog();
  if (std::exchange(writing_, true)) return;
  // In a later turn, so that whatever else is sent in this one goes along.
  boost::asio::post(loop_, [self = shared_from_this(), stream = stream_] {
    Spawn(
        self->loop_, [self, stream] { return self->WriteOutgoing(stream); }, [](absl::Status) {});
  });
}

Task<> RedisConnection::WriteOutgoing(std::shared_ptr<ByteStream> stream) {
  while (stream == stream_ && !outgoing_.empty()) {
    const std::string bytes = std::exchange(outgoing_, {});
    const absl::Status status = co_await stream->Write(bytes);
    if (stream == stream_ && !status.ok()) Lose(StoreState::kConnecting, Placed(std::string(status.message())));
  }
  // Otherwise writing_ belongs to the next connection.
  if (stream == stream_) writing_ = false;
  co_return absl::OkStatus();
}

void RedisConnection::Deliver(absl::string_view bytes) {
  reader_->Feed(bytes);
  while (stream_ != nullptr) {
    absl::StatusOr<std::optional<Reply>> next = reader_->Next();
    if (!next.ok()) return Lose(StoreState::kDown, Placed(std::string(next.status().message())));
    if (!next->has_value()) return;
    if (sent_.empty()) return Lose(StoreState::kDown, Placed("the server answered what it was not asked"));
    Reply& reply = **next;
    const std::shared_ptr<Call> call = std::move(sent_.front());
    sent_.pop_front();
    if (!call->probe) ++replies_;
    const bool wrong = MeansWrongServer(reply) || (call->probe && reply.type == Reply::Type::kError);
    std::string why = wrong ? EscapeForPeople(reply.text) : "";
    call->answer.Set(std::move(reply));
    if (wrong) return Lose(StoreState::kConnecting, Placed(std::move(why)));
  }
}

void RedisConnection::ArmWatchdog() {
  // Set once for the oldest command and left alone while replies come: it looks again when it rings.
  if (watching_ || sent_.empty()) return;
  watching_ = true;
  const absl::Duration age = environment_.Uptime() - sent_.front()->sent_at;
  watchdog_->Set(std::max(kAnswerTime - age, absl::ZeroDuration()), [this] {
    // If this loop itself was held up, the replies may be waiting in the socket: let it read before it judges.
    boost::asio::post(loop_, [self = shared_from_this(), stream = stream_] {
      if (stream == self->stream_) self->CheckOldest();
    });
  });
}

void RedisConnection::CheckOldest() {
  watching_ = false;
  if (sent_.empty()) return;
  const absl::Duration age = environment_.Uptime() - sent_.front()->sent_at;
  if (age < kAnswerTime) return ArmWatchdog();
  Lose(StoreState::kDown, Placed(absl::StrCat("no answer within ", absl::FormatDuration(kAnswerTime))));
}

}  // namespace oauth1d::storage
