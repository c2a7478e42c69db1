// How a connection is made, kept and lost; what goes over it stands in redis_connection.cc.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/base/sleep.h"
#include "server/base/spawn.h"
#include "storage/redis_connection.h"
#include "storage/socket_stream.h"
#include "storage/tls_stream.h"

namespace oauth1d::storage {
namespace {

// A connection that held for less did not end a time of trouble.
constexpr absl::Duration kProvenAfter = absl::Seconds(1);

std::shared_ptr<ByteStream> NewStream(boost::asio::io_context& loop, Environment& environment,
                                      std::optional<RedisTls> tls) {
  auto socket = std::make_unique<SocketStream>(loop, environment);
  if (!tls.has_value()) return socket;
  return std::make_shared<TlsStream>(std::move(socket), *std::move(tls));
}

}  // namespace

RedisConnection::RedisConnection(boost::asio::io_context& loop, Environment& environment, RedisOptions options,
                                 StateListener listener)
    : loop_(loop),
      environment_(environment),
      options_(std::move(options)),
      listener_(std::move(listener)),
      primary_(NewPrimary(loop, environment, options_)),
      connect_alarm_(environment.NewAlarm(loop.get_executor())),
      watchdog_(environment.NewAlarm(loop.get_executor())),
      probe_alarm_(environment.NewAlarm(loop.get_executor())),
      question_alarm_(environment.NewAlarm(loop.get_executor())) {}

void RedisConnection::Start() {
  primary_->Start();
  Spawn(
      loop_, [self = shared_from_this()] { return self->Run(); }, [](absl::Status) {});
}

void RedisConnection::Stop() {
  if (stopped_) return;
  stopped_ = true;
  primary_->Stop();
  Lose(StoreState::kDown, "stopped");
  if (pause_ != nullptr) pause_->Set(std::monostate());
}

void RedisConnection::SetCredentials(RedisOptions options) {
  primary_->SetCredentials(options);
  options_.username = std::move(options.username);
  options_.password = std::move(options.password);
  options_.tls = std::move(options.tls);
}

Task<> RedisConnection::Run() {
  while (!stopped_) {
    const absl::StatusOr<Verdict> verdict = co_await Attempt();
    if (!verdict.ok()) {
      Lose(StoreState::kDown, Placed(std::string(verdict.status().message())));
    } else if (verdict->state != StoreState::kUp) {
      Lose(verdict->state, Placed(verdict->why));
    } else {
      co_await Serve(stream_, verdict->why);
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

Task<Verdict> RedisConnection::Attempt() {
  const Deadline end = Deadline::After(environment_, kConnectTime);
  address_.reset();
  absl::StatusOr<RedisAddress> address = co_await primary_->Find(std::nullopt);
  if (absl::IsInvalidArgument(address.status())) {
    Verdict verdict{StoreState::kUnsuitable, std::string(address.status().message())};
    co_return verdict;
  }
  CO_RETURN_IF_ERROR(address.status());
  if (stopped_) co_return Away("stopped");
  address_ = *address;
  std::optional<RedisTls> tls = options_.tls;
  if (tls.has_value() && tls->server_name.empty() && primary_->Moves()) tls->server_name = address->host;
  const std::shared_ptr<ByteStream> stream = NewStream(loop_, environment_, tls);
  stream_ = stream;
  reader_ = std::make_unique<ReplyReader>();
  bool timed_out = false;
  const absl::Duration patience = end.Remaining(environment_);
  connect_alarm_->Set(patience, [&timed_out, stream] {
    timed_out = true;
    stream->Close();
  });
  absl::StatusOr<Verdict> verdict =
      co_await ConnectAndGreet(stream.get(), reader_.get(), *std::move(address), options_, patience);
  connect_alarm_->Cancel();
  if (stream != stream_) co_return Away("stopped");
  if (timed_out) {
    // What was being waited for, where the stream knows more than that it was closed.
    const std::string what = tls.has_value() && !verdict.ok() ? absl::StrCat(": ", verdict.status().message()) : "";
    co_return Fail(Reason::kStoreUnavailable,
                   absl::StrCat("no connection within ", absl::FormatDuration(kConnectTime), what));
  }
  co_return verdict;
}

boost::asio::awaitable<void> RedisConnection::Serve(std::shared_ptr<ByteStream> stream, std::string caution) {
  up_since_ = environment_.Uptime();
  ArmProbe();
  ArmQuestion();
  caution_ = std::move(caution);
  SetState(StoreState::kUp, Placed(caution_));
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
      Lose(StoreState::kConnecting, Placed(std::string(size.status().message())));
    }
  }
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

void RedisConnection::ArmQuestion() {
  if (!primary_->Moves()) return;
  question_alarm_->Set(kAskEvery, [this] {
    Spawn(
        loop_, [self = shared_from_this(), stream = stream_] { return self->CheckPrimary(stream); },
        [](absl::Status) {});
  });
}

// A primary that was cut off from the others, or that an operator replaced, still takes writes for a while, and nobody
// closes our connection to it.
Task<> RedisConnection::CheckPrimary(std::shared_ptr<ByteStream> stream) {
  const absl::StatusOr<RedisAddress> found = co_await primary_->Find(address_);
  if (stream != stream_ || stream == nullptr) co_return absl::OkStatus();
  if (found.ok() && *found != *address_) {
    Lose(StoreState::kConnecting, Placed(absl::StrCat("the Sentinels name ", ToString(*found), " now")));
    co_return absl::OkStatus();
  }
  const absl::string_view blind = found.ok() ? "" : "no Sentinel tells of a failover: are they all away?";
  SetState(StoreState::kUp, Placed(absl::StrCat(caution_, caution_.empty() || blind.empty() ? "" : "; ", blind)));
  ArmQuestion();
  co_return absl::OkStatus();
}

// Where the server can change, which one it is about.
std::string RedisConnection::Placed(std::string why) const {
  if (!primary_->Moves() || !address_.has_value()) return why;
  return absl::StrCat("the primary at ", ToString(*address_), why.empty() ? "" : ": ", why);
}

void RedisConnection::Lose(StoreState next, std::string why) {
  if (stream_ != nullptr) stream_->Close();
  stream_.reset();
  connect_alarm_->Cancel();
  watchdog_->Cancel();
  probe_alarm_->Cancel();
  question_alarm_->Cancel();
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
