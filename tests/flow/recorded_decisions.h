// An audit trail that keeps what it is told.
#ifndef OAUTH1D_TESTS_FLOW_RECORDED_DECISIONS_H_
#define OAUTH1D_TESTS_FLOW_RECORDED_DECISIONS_H_

#include <utility>
#include <vector>

#include "server/flow/audit_trail.h"

namespace oauth1d::flow {

class RecordedDecisions : public AuditTrail {
 public:
  Task<> Tell(Decision decision) override {
    told.push_back(std::move(decision));
    co_return trouble;
  }
  void Note(const Decision& decision) override { told.push_back(decision); }

  std::vector<Decision> told;
  absl::Status trouble;  // what Tell answers
};

}  // namespace oauth1d::flow

#endif  // OAUTH1D_TESTS_FLOW_RECORDED_DECISIONS_H_
