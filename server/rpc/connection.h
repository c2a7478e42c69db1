// One connection of a caller, as the kernel and its RPCs see it.
#ifndef OAUTH1D_SERVER_RPC_CONNECTION_H_
#define OAUTH1D_SERVER_RPC_CONNECTION_H_

#include <grpc/grpc.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/rpc/traffic_balance.h"

namespace oauth1d::rpc {

// An answer that gRPC was given, and that its caller may leave lying: with its HTTP/2 window shut it never goes, and
// gRPC waits with it for ever. Thread-safe.
class UntakenAnswer {
 public:
  UntakenAnswer(grpc_call* call, absl::Duration due) : call_(call), due_(due) { grpc_call_ref(call); }
  UntakenAnswer(const UntakenAnswer&) = delete;
  UntakenAnswer& operator=(const UntakenAnswer&) = delete;
  ~UntakenAnswer() { Taken(); }

  bool taken() const { return call_ == nullptr; }
  // gRPC is rid of it.
  void Taken() {
    if (grpc_call* const call = call_.exchange(nullptr); call != nullptr) grpc_call_unref(call);
  }
  // Resets its stream, once it is due.
  void GiveUpAt(absl::Duration now) {
    if (now < due_) return;
    grpc_call* const call = call_.exchange(nullptr);
    if (call == nullptr) return;
    grpc_call_cancel(call, nullptr);
    grpc_call_unref(call);
  }

 private:
  std::atomic<grpc_call*> call_;  // null: taken, or given up
  const absl::Duration due_;
};

// RPCs count on it, and the acceptor's thread judges. Thread-safe.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // `peer` as grpc::ServerContext::peer() tells it.
  Connection(std::string peer, absl::Duration since) : peer_(std::move(peer)), since_(since) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  const std::string& peer() const { return peer_; }

  // An RPC has begun: its metadata is here.
  void CountCall() { ++calls_; }
  // It has read a message of its caller.
  void CountRead(size_t bytes) {
    ++messages_;
    read_bytes_ += bytes;
  }
  // It has come to its end, after `lasted`, with an answer or because the caller cancelled it.
  void CountEnd(bool cancelled, absl::Duration lasted) {
    if (!cancelled) ++answers_;
    if (cancelled && lasted < kHasty) ++resets_;
  }
  // gRPC has nothing of it any more: OnDone.
  void CountDone() { ++ends_; }

  CallCounts counts() const { return {calls_, ends_, answers_, resets_, messages_, read_bytes_}; }

  // An answer of `bytes` is about to be given to gRPC; the call is reset if it is not Taken in time.
  std::shared_ptr<UntakenAnswer> Answering(grpc_call* call, size_t bytes, absl::Duration now) {
    const absl::Duration patience = kPatience + absl::Seconds(static_cast<double>(bytes) / kBytesPerSecond);
    auto answer = std::make_shared<UntakenAnswer>(call, now + patience);
    const absl::MutexLock lock(&untaken_mutex_);
    // Most are taken at once, in their order: what is kept is short.
    while (!untaken_.empty() && untaken_.front()->taken()) untaken_.pop_front();
    untaken_.push_back(answer);
    return answer;
  }

 private:
  friend class Connections;

  // A caller who gives up sooner never meant to wait: no deadline is that short.
  static constexpr absl::Duration kHasty = absl::Milliseconds(100);

  // As a stream has for each message; and a second for each 64 KiB, so that 8 MiB may come by a line of half a megabit.
  static constexpr absl::Duration kPatience = absl::Seconds(10);
  static constexpr size_t kBytesPerSecond = 64 * 1024;

  // Answers that are due by now.
  void GiveUpAnswers(absl::Duration now) {
    std::deque<std::shared_ptr<UntakenAnswer>> untaken;
    {
      const absl::MutexLock lock(&untaken_mutex_);
      while (!untaken_.empty() && untaken_.front()->taken()) untaken_.pop_front();
      untaken = untaken_;
    }
    // Without the lock: gRPC may tell of the end of the call on this very thread.
    for (const std::shared_ptr<UntakenAnswer>& answer : untaken) answer->GiveUpAt(now);
  }

  const std::string peer_;
  const absl::Duration since_;
  std::atomic<uint64_t> calls_ = 0;
  std::atomic<uint64_t> ends_ = 0;
  std::atomic<uint64_t> answers_ = 0;
  std::atomic<uint64_t> resets_ = 0;
  std::atomic<uint64_t> messages_ = 0;
  std::atomic<uint64_t> read_bytes_ = 0;

  absl::Mutex untaken_mutex_;
  std::deque<std::shared_ptr<UntakenAnswer>> untaken_ ABSL_GUARDED_BY(untaken_mutex_);  // in the order they were given

  // Of Connections, under its lock.
  uint64_t id_ = 0;       // 0: it is no more
  int watched_ = -1;      // our own descriptor of the socket
  bool known_ = false;    // it is TCP: its peer is told from others, and the kernel counts its bytes
  std::string identity_;  // that it counts for: the first one that was proven on it
  bool ended_ = false;    // shut down by us
  absl::Duration end_at_ = absl::InfiniteDuration();
  TrafficBalance balance_;
};

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_CONNECTION_H_
