// One pipelined connection to a Redis server, or to a Sentinel, made anew for as long as it takes.
#ifndef OAUTH1D_STORAGE_REDIS_CONNECTION_H_
#define OAUTH1D_STORAGE_REDIS_CONNECTION_H_

#include <array>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "server/base/environment.h"
#include "server/base/event.h"
#include "server/base/task.h"
#include "storage/byte_stream.h"
#include "storage/redis_greeting.h"
#include "storage/redis_options.h"
#include "storage/redis_primary.h"
#include "storage/redis_protocol.h"
#include "storage/store_state.h"

namespace oauth1d::storage {

// Used on one event loop. Commands go out in the order of their calls, those of one turn of the loop in one
// write, and only after the greeting has been judged good. Make it with std::make_shared: what runs in the
// background keeps it alive until Stop.
//
// A reply belongs to the command at the head of the queue, always: a caller that gives up leaves its place in the
// queue, and a connection whose replies cannot be trusted any more (late, garbled) is discarded, never reused.
class RedisConnection : public std::enable_shared_from_this<RedisConnection> {
 public:
  // No command takes longer: its outcome is unknown then, and the connection of a server that is that slow goes. A call
  // is promised to be told within 250 ms; the rest is for the way there and back.
  static constexpr absl::Duration kAnswerTime = absl::Milliseconds(225);
  // For finding the server, the way to it and the greeting together.
  static constexpr absl::Duration kConnectTime = absl::Milliseconds(500);
  // Between two attempts, doubled each time. An attempt that began just before the server came back is lost after
  // kConnectTime, and the next begins kLongestPause later: so it is served again within one second.
  static constexpr absl::Duration kFirstPause = absl::Milliseconds(50);
  static constexpr absl::Duration kLongestPause = absl::Milliseconds(500);
  // How often a connection without traffic is tried, so that the state is true.
  static constexpr absl::Duration kProbeEvery = absl::Seconds(1);
  // How often it is asked whether the server is still the right one, where that can change. What is written to an old
  // primary until then is lost.
  static constexpr absl::Duration kAskEvery = absl::Milliseconds(500);

  // `listener` may be empty.
  RedisConnection(boost::asio::io_context& loop, Environment& environment, RedisOptions options,
                  StateListener listener);
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  void Start();
  // Ends all commands and, within the loop's next turns, all that runs in the background. For good.
  void Stop();
  // For the next connection that is made. Addresses stay.
  void SetCredentials(RedisOptions options);

  // The server's reply, which may be an error. While the connection is being made, waits for it; while the server
  // is known to be away, fails at once.
  // Errors: kUnavailable with reason STORE_UNAVAILABLE, within kAnswerTime of the call: the command may or may not
  // have been carried out. kDeadlineExceeded with reason DEADLINE, kCancelled: likewise.
  Task<Reply> Command(std::vector<std::string> arguments, Deadline deadline);

  StoreState state() const { return state_; }
  const std::string& why() const { return why_; }

 private:
  // A command on its way; shared by its caller, who may leave, and the queue.
  struct Call {
    std::vector<std::string> arguments;  // until it is sent
    Event<absl::StatusOr<Reply>> answer;
    bool probe = false;
    bool abandoned = false;
    absl::Duration sent_at;
  };
  using CallQueue = std::deque<std::shared_ptr<Call>>;

  Task<> Run();
  Task<Verdict> Attempt();
  Task<> CheckPrimary(std::shared_ptr<ByteStream> stream);
  boost::asio::awaitable<void> Serve(std::shared_ptr<ByteStream> stream, std::string caution);
  Task<> WriteOutgoing(std::shared_ptr<ByteStream> stream);
  void Send(std::shared_ptr<Call> call);
  void Deliver(absl::string_view bytes);
  void ArmWatchdog();
  void CheckOldest();
  void ArmProbe();
  void ArmQuestion();
  std::string Placed(std::string why) const;
  static absl::Status Away(absl::string_view why);
  void Lose(StoreState next, std::string why);
  void SetState(StoreState state, std::string why);

  boost::asio::io_context& loop_;
  Environment& environment_;
  RedisOptions options_;
  const StateListener listener_;
  const std::unique_ptr<RedisPrimary> primary_;

  StoreState state_ = StoreState::kConnecting;
  std::string why_;
  bool stopped_ = false;
  int failures_ = 0;  // in a row
  std::shared_ptr<Event<std::monostate>> pause_;

  // One connection's own; stream_ is null between two.
  std::shared_ptr<ByteStream> stream_;
  std::optional<RedisAddress> address_;  // where it leads, or would have
  std::string caution_;
  std::unique_ptr<ReplyReader> reader_;
  absl::Duration up_since_;
  bool writing_ = false;
  std::string outgoing_;
  CallQueue sent_;
  uint64_t replies_ = 0;  // to commands of callers
  uint64_t replies_at_last_probe_ = 0;
  std::array<char, 16384> incoming_;

  CallQueue waiting_;  // for a connection
  const std::unique_ptr<Alarm> connect_alarm_;
  const std::unique_ptr<Alarm> watchdog_;
  const std::unique_ptr<Alarm> probe_alarm_;
  const std::unique_ptr<Alarm> question_alarm_;
  bool watching_ = false;
};

}  // namespace oauth1d::storage

#endif  // OAUTH1D_STORAGE_REDIS_CONNECTION_H_
