#include "storage/redis_connection.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/base/sleep.h"
#include "server/base/spawn.h"
#include "storage/socket_stream.h"
#include "storage/tls_stream.h"

namespace oauth1d::storage {
namespace {

// A connection that held for less did not end a time of trouble.
constexpr absl::Duration kProvenAfter = absl::Seconds(1);

// Errors of a server that has become the wrong one to talk to, or no longer lets us; a new connection asks it, or its
// successor, again.
bool MeansWrongServer(const Reply& reply) {
  const absl::string_view code = reply.ErrorCode();
  return code == "READONLY" || code == "LOADING" || code == "MASTERDOWN" || code == "NOAUTH" || code == "NOPERM";
}

std::shared_ptr<ByteStream> NewStream(boost::asio::io_context& loop, Environment& environment,
                                      const std::optional<RedisTls>& tls) {
  auto socket = std::make_unique<SocketStream>(loop, environment);
  if (!tls.has_value()) return socket;
  return std::make_shared<TlsStream>(std::move(socket), *tls);
}

absl::Status Away(absl::string_view why) {
  return Fail(Reason::kStoreUnavailable, absl::StrCat("Redis is away: ", why.empty() ? "not connected" : why));
}

}  // namespace

RedisConnection::RedisConnection(boost::asio::io_context& loop, Environment& environment, RedisOptions options,
                                 StateListener listener)
    : loop_(loop),
      environment_(environment),
      options_(std::move(options)),
      listener_(std::move(listener)),
      connect_alarm_(environment.NewAlarm(loop.get_executor())),
      watchdog_(environment.NewAlarm(loop.get_executor())),
      probe_alarm_(environment.NewAlarm(loop.get_executor())) {}

void RedisConnection::Start() {
  Spawn(
      loop_, [self = shared_from_this()] { return self->Run(); }, [](absl::Status) {});
}

void RedisConnection::Stop() {
  if (stopped_) return;
  stopped_ = true;
  Lose(StoreState::kDown, "stopped");
  if (pause_ != nullptr) pause_->Set(std::monostate());
}

void RedisConnection::SetCredentials(RedisOptions options) {
  options_.username = std::move(options.username);
  options_.password = std::move(options.password);
  options_.tls = std::move(options.tls);
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

Task<> RedisConnection::Run() {
  while (!stopped_) {
    const std::shared_ptr<ByteStream> stream = NewStream(loop_, environment_, options_.tls);
    stream_ = stream;
    const absl::StatusOr<Verdict> verdict = co_await Greet(stream);
    if (!verdict.ok()) {
      Lose(StoreState::kDown, std::string(verdict.status().message()));
    } else if (verdict->state != StoreState::kUp) {
      Lose(verdict->state, verdict->why);
    } else {
      co_await Serve(stream, verdict->why);
    }
    if (stopped_) break;
    if (state_ == StoreState::kConnecting) continue;
    const absl::Duration pause = std::min(kFirstPause * (1 << std::min(failures_, 8)), kLongestPause);
    ++failures_;
    pause_ = std::make_shared<Event<std::monostate>>();
    const Deadline over = Deadline::After(environment_, Jittered(environment_, pause));
    co_await pause_->Wait(environment_, over);
  }
  co_return absl::OkStatus();
}

Task<Verdict> RedisConnection::Greet(std::shared_ptr<ByteStream> stream) {
  bool timed_out = false;
  const bool tls = options_.tls.has_value();
  connect_alarm_->Set(kConnectTime, [&timed_out, stream] {
    timed_out = true;
    stream->Close();
  });
  reader_ = std::make_unique<ReplyReader>();
  absl::StatusOr<Verdict> verdict = co_await ConnectAndGreet(stream.get(), reader_.get(), options_, kConnectTime);
  connect_alarm_->Cancel();
  if (timed_out) {
    // What was being waited for, where the stream knows more than that it was closed.
    const std::string what = tls && !verdict.ok() ? absl::StrCat(": ", verdict.status().message()) : "";
    co_return Away(absl::StrCat("no connection within ", absl::FormatDuration(kConnectTime), what));
  }
  co_return verdict;
}

boost::asio::awaitable<void> RedisConnection::Serve(std::shared_ptr<ByteStream> stream, std::string caution) {
  up_since_ = environment_.Uptime();
  ArmProbe();
  SetState(StoreState::kUp, std::move(caution));
  const CallQueue waited = std::exchange(waiting_, {});
  for (const std::shared_ptr<Call>& call : waited) {
    if (!call->abandoned && stream == stream_) Send(call);
  }
  while (stream == stream_) {
    const absl::StatusOr<size_t> size = co_await stream->ReadSome(absl::MakeSpan(incoming_));
    if (stream != stream_) break;
    if (size.ok()) {
      Deliver(absl::string_view(incoming_.data(), *size));
    } else {
      Lose(StoreState::kConnecting, std::string(size.status().message()));
    }
  }
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
    if (stream == stream_ && !status.ok()) Lose(StoreState::kConnecting, std::string(status.message()));
  }
  // Otherwise writing_ belongs to the next connection.
  if (stream == stream_) writing_ = false;
  co_return absl::OkStatus();
}

void RedisConnection::Deliver(absl::string_view bytes) {
  reader_->Feed(bytes);
  while (stream_ != nullptr) {
    absl::StatusOr<std::optional<Reply>> next = reader_->Next();
    if (!next.ok()) return Lose(StoreState::kDown, std::string(next.status().message()));
    if (!next->has_value()) return;
    if (sent_.empty()) return Lose(StoreState::kDown, "the server answered what it was not asked");
    Reply& reply = **next;
    const std::shared_ptr<Call> call = std::move(sent_.front());
    sent_.pop_front();
    if (!call->probe) ++replies_;
    const bool wrong = MeansWrongServer(reply) || (call->probe && reply.type == Reply::Type::kError);
    std::string why = wrong ? EscapeForPeople(reply.text) : "";
    call->answer.Set(std::move(reply));
    if (wrong) return Lose(StoreState::kConnecting, std::move(why));
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
  Lose(StoreState::kDown, absl::StrCat("no answer within ", absl::FormatDuration(kAnswerTime)));
}

void RedisConnection::ArmProbe() {
  replies_at_last_probe_ = replies_;
  probe_alarm_->Set(kProbeEvery, [this] {
    if (sent_.empty() && replies_ == replies_at_last_probe_) {
      auto call = std::make_shared<Call>();
      call->arguments = {"PING"};
      call->probe = true;
      Send(std::move(call));
    }
    ArmProbe();
  });
}

void RedisConnection::Lose(StoreState next, std::string why) {
  if (stream_ != nullptr) stream_->Close();
  stream_.reset();
  connect_alarm_->Cancel();
  watchdog_->Cancel();
  probe_alarm_->Cancel();
  watching_ = false;
  writing_ = false;
  outgoing_.clear();
  if (state_ == StoreState::kUp) failures_ = environment_.Uptime() - up_since_ >= kProvenAfter ? 0 : failures_ + 1;
  // Made anew at once, and commands wait for it, after a connection that worked; else only after a pause.
  if (next == StoreState::kConnecting && failures_ > 0) next = StoreState::kDown;
  const CallQueue unanswered = std::exchange(sent_, {});
  for (const std::shared_ptr<Call>& call : unanswered) call->answer.Set(Away(why));
  if (next != StoreState::kConnecting) {
    const CallQueue unsent = std::exchange(waiting_, {});
    for (const std::shared_ptr<Call>& call : unsent) call->answer.Set(Away(why));
  }
  SetState(next, std::move(why));
}

void RedisConnection::SetState(StoreState state, std::string why) {
  if (state == state_ && why == why_) return;
  state_ = state;
  why_ = std::move(why);
  if (listener_ && !stopped_) listener_(state_, why_);
}

}  // namespace oauth1d::storage
