// One call, from its first byte to its log line.
#ifndef OAUTH1D_SERVER_RPC_VISIT_H_
#define OAUTH1D_SERVER_RPC_VISIT_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/flow/call.h"
#include "server/ops/log.h"
#include "server/rpc/connections.h"
#include "server/rpc/ground.h"
#include "server/rpc/lane.h"

namespace oauth1d::rpc {

// The longest that a call may take, and a stream.
inline constexpr absl::Duration kLongestCall = absl::Seconds(30);
inline constexpr absl::Duration kLongestStream = absl::Hours(1);

// Lives in the reactor's callables, on one lane.
class Visit {
 public:
  // `calls` counts this one until it has ended; `longest` bounds the caller's deadline; `bytes`: what it brought.
  Visit(providers::Rpc rpc, grpc::ServerContextBase& context, Lane& lane, const Ground& ground,
        Connections& connections, std::shared_ptr<std::atomic<int>> calls, size_t bytes,
        absl::Duration longest = kLongestCall);
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;
  ~Visit() { --*calls_; }

  const std::shared_ptr<Connection>& connection() const { return connection_; }
  // A message of a stream has come, in place of the one before: what the call holds, and its connection has read.
  void HoldMessage(size_t bytes);

  // OK, or why this caller gets nothing: it is unknown (call.owner is null then), or too much is going on.
  const absl::Status& admitted() const { return admitted_; }
  flow::Call& call() { return call_; }

  // The end: a status for the caller, a line for the log. Once.
  grpc::Status Finish(const absl::Status& status);

 private:
  // Who calls, and whether there is room for it.
  absl::Status Admit(grpc::ServerContextBase& context, const Ground& ground, Connections& connections, size_t bytes);
  // The span of the RPC whose line this is.
  ops::Span SpanOf(const ops::RpcLine& line) const;
  // What only an operator can mend.
  void WarnTheOperator(const absl::Status& status) const;
  void TellOfQuota(const absl::Status& status) const;
  void Tell(ops::Level level, absl::string_view event, const absl::Status& status) const;

  const std::shared_ptr<std::atomic<int>> calls_;
  const absl::Duration begin_;
  Lane& lane_;
  const std::shared_ptr<Connection> connection_;
  flow::Call call_;
  callers::Share share_;
  callers::Share bytes_;
  absl::Status admitted_;
};

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_VISIT_H_
