#include "storage/sentinel_primary.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "server/base/event.h"
#include "server/base/failure.h"
#include "server/base/spawn.h"

namespace oauth1d::storage {
namespace {

RedisOptions OptionsFor(std::string address, const RedisSentinel& sentinel) {
  RedisOptions options(std::move(address));
  options.kind = RedisKind::kSentinel;
  options.username = sentinel.username;
  options.password = sentinel.password;
  options.tls = sentinel.tls;
  const absl::StatusOr<RedisAddress> at = ParseRedisAddress(options.address);
  if (at.ok() && options.tls.has_value() && options.tls->server_name.empty()) options.tls->server_name = at->host;
  return options;
}

}  // namespace

// Shared by those who ask and whoever waits for them, for he may leave first.
struct SentinelPrimary::Question {
  explicit Question(size_t sentinels) : open(sentinels), most(sentinels / 2 + 1) {}

  void Answer(absl::StatusOr<SentinelAnswer> answer, absl::string_view from) {
    --open;
    if (answer.ok()) {
      answers.push_back(*std::move(answer));
    } else {
      absl::StrAppend(&troubles, troubles.empty() ? "" : "; ", from, ": ", answer.status().message());
    }
    if (open == 0 || answers.size() >= most) enough.Set(std::monostate());
  }

  size_t open;
  const size_t most;
  std::vector<SentinelAnswer> answers;
  std::string troubles;
  Event<std::monostate> enough;
};

SentinelPrimary::SentinelPrimary(boost::asio::io_context& loop, Environment& environment, const RedisSentinel& sentinel)
    : loop_(loop), environment_(environment), name_(sentinel.primary) {
  for (const std::string& address : sentinel.addresses) {
    sentinels_.push_back(
        {address, std::make_shared<RedisConnection>(loop, environment, OptionsFor(address, sentinel), nullptr)});
  }
}

void SentinelPrimary::Start() {
  for (const Sentinel& sentinel : sentinels_) sentinel.connection->Start();
}

void SentinelPrimary::Stop() {
  for (const Sentinel& sentinel : sentinels_) sentinel.connection->Stop();
}

void SentinelPrimary::SetCredentials(const RedisOptions& options) {
  if (!options.sentinel.has_value()) return;
  for (const Sentinel& sentinel : sentinels_) {
    sentinel.connection->SetCredentials(OptionsFor(sentinel.address, *options.sentinel));
  }
}

Task<RedisAddress> SentinelPrimary::Find(std::optional<RedisAddress> present) {
  const auto question = std::make_shared<Question>(sentinels_.size());
  const Deadline deadline = Deadline::After(environment_, RedisConnection::kAnswerTime);
  for (const Sentinel& sentinel : sentinels_) {
    Spawn(
        loop_, [question, sentinel, name = name_, deadline] { return Ask(question, sentinel, name, deadline); },
        [](absl::Status) {});
  }
  co_await question->enough.Wait();
  if (!question->answers.empty()) co_return BestOf(question->answers, present, name_);
  co_return Fail(Reason::kStoreUnavailable, absl::StrCat("no Sentinel answers (", question->troubles, ")"));
}

// The epoch first: an address that is newer than its epoch is found again by the next question, an old address with a
// new epoch would be believed.
Task<> SentinelPrimary::Ask(std::shared_ptr<Question> question, Sentinel sentinel, std::string name,
                            Deadline deadline) {
  std::vector<std::string> command = {"SENTINEL", "MASTER", name};
  absl::StatusOr<Reply> master = co_await sentinel.connection->Command(std::move(command), deadline);
  absl::StatusOr<Reply> address = master;
  if (master.ok()) {
    command = {"SENTINEL", "GET-MASTER-ADDR-BY-NAME", name};
    address = co_await sentinel.connection->Command(std::move(command), deadline);
  }
  if (address.ok()) {
    question->Answer(ReadSentinelAnswer(*master, *address), sentinel.address);
    co_return absl::OkStatus();
  }
  // What keeps it from answering, where that is known.
  const std::string& known = sentinel.connection->why();
  const std::string why = known.empty() ? "no answer in time" : known;
  question->Answer(absl::UnavailableError(why), sentinel.address);
  co_return absl::OkStatus();
}

}  // namespace oauth1d::storage
