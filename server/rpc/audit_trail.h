// The stories' decisions, on their way to the audit log.
#ifndef OAUTH1D_SERVER_RPC_AUDIT_TRAIL_H_
#define OAUTH1D_SERVER_RPC_AUDIT_TRAIL_H_

#include "server/base/environment.h"
#include "server/flow/audit_trail.h"
#include "server/ops/audit.h"

namespace oauth1d::rpc {

// Used on any loop.
class AuditTrail : public flow::AuditTrail {
 public:
  // `wait_for_lines`: a call goes on only once its line was written, for at most a quarter of a second; else lines go
  // their way by themselves. The referents outlive every Task.
  AuditTrail(ops::AuditLog& log, Environment& environment, bool wait_for_lines)
      : log_(log), environment_(environment), wait_for_lines_(wait_for_lines) {}

  Task<> Tell(flow::Decision decision) override;
  void Note(const flow::Decision& decision) override;

 private:
  ops::AuditLog& log_;
  Environment& environment_;
  const bool wait_for_lines_;
};

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_AUDIT_TRAIL_H_
