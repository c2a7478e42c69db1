#include "server/rpc/audit_trail.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <memory>
#include <optional>

#include "server/base/deadline.h"
#include "server/base/event.h"
#include "server/base/failure.h"

namespace oauth1d::rpc {
namespace {

constexpr absl::Duration kPatience = absl::Milliseconds(250);

ops::AuditLine LineOf(const flow::Decision& decision) {
  ops::AuditLine line;
  line.method = decision.rpc;
  line.decision = decision.allowed ? "allow" : "deny";
  line.reason = decision.reason;
  line.peer = decision.peer;
  line.identity = decision.identity;
  line.owner = decision.owner;
  line.provider = decision.provider;
  line.http_method = decision.http_method;
  line.state_id = decision.state_id;
  line.token_id = decision.token_id;
  line.trace_id = decision.trace_id;
  return line;
}

}  // namespace

Task<> AuditTrail::Tell(flow::Decision decision) {
  if (!wait_for_lines_) {
    log_.Write(LineOf(decision));
    co_return absl::OkStatus();
  }
  const auto told = std::make_shared<Event<bool>>();
  const auto loop = co_await boost::asio::this_coro::executor;
  log_.Write(LineOf(decision),
             [told, loop](bool written) { boost::asio::post(loop, [told, written] { told->Set(written); }); });
  const Deadline deadline = Deadline::After(environment_, kPatience);
  const std::optional<bool> written = co_await told->Wait(environment_, deadline);
  if (written.value_or(false)) co_return absl::OkStatus();
  co_return Fail(Reason::kAuditUnavailable, "the audit log cannot be written, and nothing is done without it");
}

void AuditTrail::Note(const flow::Decision& decision) { log_.Write(LineOf(decision)); }

}  // namespace oauth1d::rpc
