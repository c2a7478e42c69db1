// A provider, a store, and two replicas of the service over them, in one thread and with a clock that stands still.
#ifndef OAUTH1D_TESTS_FLOW_FLOW_TEST_FIXTURE_H_
#define OAUTH1D_TESTS_FLOW_FLOW_TEST_FIXTURE_H_

#include <boost/asio/io_context.hpp>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "server/flow/authorizer.h"
#include "server/flow/signed_caller.h"
#include "server/flow/token_keeper.h"
#include "storage/memory_store.h"
#include "tests/flow/fake_provider.h"
#include "tests/flow/recorded_decisions.h"
#include "tests/flow/recorded_metrics.h"
#include "tests/support/fake_environment.h"
#include "tests/support/run_task.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::flow {

// A memory store that can lose answers.
class FlakyStore : public storage::KeyValueStore {
 public:
  enum class Trouble { kNone, kAwaySilently, kSwapLost, kSwapDoneButUnanswered };

  explicit FlakyStore(FakeEnvironment& environment) : store_(std::make_shared<storage::MemorySpace>(), environment) {}

  Task<bool> Put(std::string key, std::string value, absl::Duration ttl, Deadline deadline) override;
  Task<std::optional<storage::Entry>> Get(std::string key, Deadline deadline) override;
  Task<bool> Swap(std::string key, std::string expected, std::string next, absl::Duration ttl,
                  Deadline deadline) override;
  Task<> Erase(std::string key, Deadline deadline) override;
  absl::Status KnownState() override { return known_state; }

  // Troubles of the coming swaps, in order.
  std::deque<Trouble> swaps;
  bool away = false;
  absl::Status known_state;
  std::vector<std::string> keys;  // every key that was put
  absl::Status put_error;

 private:
  storage::MemoryStore store_;
};

class FlowTest : public ::testing::Test {
 protected:
  FlowTest();

  Call NewCall(const std::string& owner = "default", providers::Rpc rpc = providers::Rpc::kSignedRequest);
  StartRequest PhotosStart(const std::string& callback_url = "http://127.0.0.1:8000/auth/photos") const;

  StartedAuthorization Start();
  absl::StatusOr<StartedAuthorization> TryStart(StartRequest request, const std::string& owner = "default");
  absl::StatusOr<CompletedAuthorization> Complete(const std::string& callback, std::vector<BindingCookie> cookies,
                                                  const std::string& provider = "photos",
                                                  const std::string& owner = "default");
  CompleteRequest NewComplete(const std::string& callback, std::vector<BindingCookie> cookies,
                              const std::string& provider = "photos") const;
  // Begins a Complete on the loop; nothing runs before the loop does.
  std::shared_ptr<Running<absl::StatusOr<CompletedAuthorization>>> BeginComplete(Authorizer& authorizer,
                                                                                 const std::string& callback,
                                                                                 std::vector<BindingCookie> cookies);
  // Runs the loop and moves the clock, 50 ms at a time, until the task has ended.
  template <typename Task>
  void LetTimePassUntilDone(const std::shared_ptr<Task>& task) {
    for (int i = 0; i < 2000 && !task->done(); ++i) {
      RunReady(loop_);
      if (!task->done()) environment_.Advance(absl::Milliseconds(50));
    }
    ASSERT_TRUE(task->done());
  }

  static Misfortune NeverLeft() { return {Misfortune::Kind::kNeverLeft, 0, ""}; }
  static Misfortune HeardNoReply() { return {Misfortune::Kind::kHeardNoReply, 0, ""}; }
  static Misfortune Answer(int status, std::string body) {
    return {Misfortune::Kind::kAnswer, status, std::move(body)};
  }
  static Misfortune Hang() { return {Misfortune::Kind::kHang, 0, ""}; }

  boost::asio::io_context loop_;
  FakeEnvironment environment_;
  FakeProvider provider_{environment_};
  FlakyStore store_{environment_};
  std::shared_ptr<providers::Provider> photos_;
  std::shared_ptr<const sealing::Keyring> keyring_;
  ClockOffsets clock_offsets_;
  RsaThread rsa_thread_;
  callers::Quotas quotas_{environment_};
  RecordedDecisions decisions_;
  RecordedMetrics metrics_;
  Breakers breakers_{environment_, metrics_};
  Backends backends_{loop_,     environment_, provider_, store_,     clock_offsets_,
                     breakers_, rsa_thread_,  quotas_,   decisions_, metrics_};
  FlowMachine machine_{backends_};
  FlowMachine other_machine_{backends_};
  Authorizer authorizer_{backends_, machine_};
  Authorizer other_replica_{backends_, other_machine_};
  TokenKeeper keeper_{backends_, machine_};
  TokenKeeper other_keeper_{backends_, other_machine_};
  SignedCaller caller_{backends_, keeper_};
  std::vector<std::shared_ptr<providers::Owner>> owners_;
  std::shared_ptr<providers::HouseRules> rules_ = std::make_shared<providers::HouseRules>();
};

}  // namespace oauth1d::flow

#endif  // OAUTH1D_TESTS_FLOW_FLOW_TEST_FIXTURE_H_
