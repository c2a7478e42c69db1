// The flows of the service before one scripted provider, on a loop and a clock of their own.
#ifndef OAUTH1D_TESTS_RECORDS_STAGE_H_
#define OAUTH1D_TESTS_RECORDS_STAGE_H_

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/flow/authorizer.h"
#include "server/flow/signed_caller.h"
#include "server/flow/token_keeper.h"
#include "storage/memory_store.h"
#include "tests/flow/recorded_decisions.h"
#include "tests/flow/recorded_metrics.h"
#include "tests/records/loaded_record.h"
#include "tests/records/scripted_provider.h"
#include "tests/support/fake_environment.h"

namespace oauth1d::records {

class Stage {
 public:
  Stage(const Script& script, const LoadedRecord& record)
      : script_(script), record_(record), theirs_(script, PublicKeyPem(), environment_) {}
  ~Stage() { rsa_thread_.Stop(); }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  absl::StatusOr<flow::StartedAuthorization> Start(flow::StartRequest request);
  absl::StatusOr<flow::CompletedAuthorization> Complete(flow::CompleteRequest request);
  absl::StatusOr<flow::SignedAnswer> Send(flow::SignedCall request);
  absl::StatusOr<records::v1::Result> Import(flow::ImportRequest request);
  absl::StatusOr<bool> Revoke(std::string access_token);

  const Script& script() const { return script_; }
  const LoadedRecord& record() const { return record_; }
  ScriptedProvider& theirs() { return theirs_; }
  FakeEnvironment& environment() { return environment_; }
  void Complain(const std::string& what) { theirs_.Complain(what); }

 private:
  flow::Call NewCall();

  const Script& script_;
  const LoadedRecord& record_;
  boost::asio::io_context loop_;
  FakeEnvironment environment_;
  ScriptedProvider theirs_;
  storage::MemoryStore store_{std::make_shared<storage::MemorySpace>(), environment_};
  flow::ClockOffsets clock_offsets_;
  flow::RsaThread rsa_thread_;
  callers::Quotas quotas_{environment_};
  flow::RecordedDecisions decisions_;
  flow::RecordedMetrics metrics_;
  flow::Breakers breakers_{environment_, metrics_};
  flow::Backends backends_{loop_,     environment_, theirs_, store_,     clock_offsets_,
                           breakers_, rsa_thread_,  quotas_, decisions_, metrics_};
  flow::FlowMachine machine_{backends_};
  flow::Authorizer authorizer_{backends_, machine_};
  flow::TokenKeeper keeper_{backends_, machine_};
  flow::SignedCaller caller_{backends_, keeper_};
};

}  // namespace oauth1d::records

#endif  // OAUTH1D_TESTS_RECORDS_STAGE_H_
