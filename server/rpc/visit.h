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
#include "server/rpc/callers.h"
#include "server/rpc/lane.h"

namespace oauth1d::rpc {

// The longest that a call may take, and a stream.
inline constexpr absl::Duration kLongestCall = absl::Seconds(30);
inline constexpr absl::Duration kLongestStream = absl::Hours(1);

// Lives in the reactor's callables, on one lane.
class Visit {
 public:
  // `method` is a literal; `calls` counts this one until it has ended; `longest` bounds the caller's deadline.
  Visit(absl::string_view method, grpc::ServerContextBase& context, Lane& lane, const Ground& ground,
        std::shared_ptr<std::atomic<int>> calls, absl::Duration longest = kLongestCall);
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;
  ~Visit() { --*calls_; }

  // OK, or why this caller gets nothing: then call.owner is null.
  const absl::Status& admitted() const { return admitted_; }
  flow::Call& call() { return call_; }

  // The end: a status for the caller, a line for the log. Once.
  grpc::Status Finish(const absl::Status& status);

 private:
  // What only an operator can mend.
  void WarnTheOperator(const absl::Status& status) const;
  void Tell(ops::Level level, absl::string_view event, const absl::Status& status) const;

  const std::shared_ptr<std::atomic<int>> calls_;
  const absl::string_view method_;
  const absl::Duration begin_;
  Environment& environment_;
  flow::Call call_;
  absl::Status admitted_;
  std::string trace_id_;
};

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_VISIT_H_
