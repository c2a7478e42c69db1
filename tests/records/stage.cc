#include "tests/records/stage.h"

#include <utility>

#include "tests/support/run_task.h"

namespace oauth1d::records {

flow::Call Stage::NewCall() {
  return flow::Call{providers::Rpc::kSignedRequest,
                    "someone",
                    record_.owner,
                    record_.keyring,
                    std::make_shared<providers::HouseRules>(),
                    Deadline::After(environment_, absl::Seconds(30)),
                    std::make_shared<flow::CallFacts>()};
}

absl::StatusOr<flow::StartedAuthorization> Stage::Start(flow::StartRequest request) {
  return RunTask(loop_, [&, call = NewCall()] { return authorizer_.Start(std::move(request), call); });
}

absl::StatusOr<flow::CompletedAuthorization> Stage::Complete(flow::CompleteRequest request) {
  return RunTask(loop_, [&, call = NewCall()] { return authorizer_.Complete(std::move(request), call); });
}

absl::StatusOr<flow::SignedAnswer> Stage::Send(flow::SignedCall request) {
  return RunTask(loop_, [&, call = NewCall()] { return caller_.Send(std::move(request), call); });
}

absl::StatusOr<records::v1::Result> Stage::Import(flow::ImportRequest request) {
  return RunTask(loop_, [&, call = NewCall()] { return keeper_.Import(std::move(request), call); });
}

absl::StatusOr<bool> Stage::Revoke(std::string access_token) {
  return RunTask(loop_, [&, call = NewCall()] { return keeper_.Revoke(std::move(access_token), call); });
}

}  // namespace oauth1d::records
