// Whether what a connection brings is what its RPCs are about. Under TLS nobody but gRPC sees HTTP/2 frames, but a
// flood of them (CONTINUATION, SETTINGS, RST_STREAM, empty DATA) shows from outside: bytes that no RPC ever reads.
#ifndef OAUTH1D_SERVER_RPC_TRAFFIC_BALANCE_H_
#define OAUTH1D_SERVER_RPC_TRAFFIC_BALANCE_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace oauth1d::rpc {

// What the kernel has counted since the connection began.
struct ByteCounts {
  uint64_t received = 0;
  uint64_t sent = 0;
};

// What its RPCs have.
struct CallCounts {
  uint64_t calls = 0;     // begun
  uint64_t ends = 0;      // ended, and gRPC has nothing of it any more
  uint64_t answers = 0;   // ended, and not because the caller cancelled
  uint64_t resets = 0;    // cancelled at once
  uint64_t messages = 0;  // of the caller
  uint64_t read_bytes = 0;
};

class TrafficBalance {
 public:
  // Bytes that no RPC has read yet, for a connection of which nothing is known. A unary call is told of only when its
  // whole message is there, so that some may have come in part: six of the longest that clients send (4 MiB). While
  // headers go on and on gRPC 1.51 keeps all of them, and needs up to twice as much memory.
  static constexpr uint64_t kUnread = uint64_t{24} << 20;
  // And as much as its calls have read, up to this: who sends long messages sends more of them. Measured, gRPC's own
  // client with 90 calls of 3.4 MiB at once comes to 22 MiB.
  static constexpr uint64_t kUnreadOfReader = uint64_t{64} << 20;
  // And for each call under way: what may lie in HTTP/2's windows while a stream's reader waits for its provider.
  static constexpr uint64_t kUnreadForCall = uint64_t{1} << 20;
  // What is forgotten in a second: health checks and calls that are turned away are not counted, and an honest
  // connection has some for as long as it lives.
  static constexpr uint64_t kForgottenPerSecond = uint64_t{256} << 10;
  // Calls cancelled at once within a second. A caller may have 100 under way and lose interest in all of them, twice.
  static constexpr uint64_t kResetsPerSecond = 200;

  // Judges by what was counted up to now. Empty: an honest connection. Else what it does, for the log.
  absl::string_view Judge(const ByteCounts& bytes, const CallCounts& calls, absl::Duration now);

  // It is on its way there: look again soon.
  bool suspicious() const { return unread_ > kUnread / 8; }
  // As of the last look: about what gRPC keeps for it.
  uint64_t unread() const { return unread_; }

 private:
  bool KeepsResetting(const CallCounts& calls, absl::Duration now);
  bool BringsWhatNobodyReads(const ByteCounts& bytes, const CallCounts& calls, absl::Duration now);

  bool began_ = false;
  absl::Duration last_;
  uint64_t received_ = 0;
  uint64_t explained_ = 0;
  uint64_t unread_ = 0;

  absl::Duration second_began_;
  CallCounts at_second_;
};

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_TRAFFIC_BALANCE_H_
