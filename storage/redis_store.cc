#include "storage/redis_store.h"

#include <openssl/evp.h>

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/base/failure.h"

namespace oauth1d::storage {

// Called by its hash; sent whole only where the server does not have it (any more).
struct RedisStore::Script {
  explicit Script(absl::string_view source) : text(source) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha1(), nullptr);
    sha1 = absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), size));
  }

  std::string text;
  std::string sha1;
};

namespace {

constexpr absl::Duration kShortestTtl = absl::Milliseconds(1);
// Redis refuses what overflows its clock.
constexpr absl::Duration kLongestTtl = absl::Hours(24 * 365 * 10);
// How long a refusal as full is taken to hold.
constexpr absl::Duration kFullFor = absl::Seconds(1);

std::string Milliseconds(absl::Duration ttl) {
  const absl::Duration bounded = std::clamp(ttl, kShortestTtl, kLongestTtl);
  return absl::StrCat(absl::ToInt64Milliseconds(absl::Ceil(bounded, absl::Milliseconds(1))));
}

absl::Status CheckSize(const std::string& value) {
  if (value.size() <= RedisStore::kMaxValueBytes) return absl::OkStatus();
  return Fail(Reason::kInternal, absl::StrCat("a value of ", value.size(), " bytes is too large for the store"));
}

absl::Status Full() { return Fail(Reason::kStoreFull, "Redis is full"); }

// What an error reply means to a caller, or a reply of a kind that the command does not have.
absl::Status Unexpected(const Reply& reply) {
  if (reply.type != Reply::Type::kError) return Fail(Reason::kStoreUnavailable, "Redis gave an answer of a wrong kind");
  return Fail(Reason::kStoreUnavailable, absl::StrCat("Redis refused: ", EscapeForPeople(reply.text)));
}

}  // namespace

RedisStore::RedisStore(boost::asio::io_context& loop, Environment& environment, RedisOptions options,
                       StateListener listener)
    : environment_(environment),
      connection_(std::make_shared<RedisConnection>(loop, environment, std::move(options), std::move(listener))) {}

RedisStore::~RedisStore() { Stop(); }

void RedisStore::Start() { connection_->Start(); }
void RedisStore::Stop() { connection_->Stop(); }
void RedisStore::SetCredentials(RedisOptions options) { connection_->SetCredentials(std::move(options)); }

Task<bool> RedisStore::Put(std::string key, std::string value, absl::Duration ttl, Deadline deadline) {
  CO_RETURN_IF_ERROR(CheckSize(value));
  Environment& environment = environment_;
  const auto full_at = full_at_;
  std::vector<std::string> command = {"SET", std::move(key), std::move(value), "PX", Milliseconds(ttl), "NX"};
  CO_ASSIGN_OR_RETURN(const Reply reply, co_await connection_->Command(std::move(command), deadline));
  if (reply.IsStatus("OK")) co_return true;
  if (reply.type == Reply::Type::kNil) co_return false;
  if (reply.ErrorCode() != "OOM") co_return Unexpected(reply);
  *full_at = environment.Uptime();
  co_return Full();
}

Task<std::optional<Entry>> RedisStore::Get(std::string key, Deadline deadline) {
  std::vector<std::string> arguments = {std::move(key)};
  CO_ASSIGN_OR_RETURN(Reply reply, co_await Evaluate(connection_, &ReadScript(), std::move(arguments), deadline));
  if (reply.type == Reply::Type::kNil) co_return std::nullopt;
  if (reply.type != Reply::Type::kArray || reply.elements.size() != 2) co_return Unexpected(reply);
  Entry entry;
  entry.value = std::move(reply.elements[0].text);
  // Negative: no expiry, which no verb here makes.
  const int64_t remaining = reply.elements[1].integer;
  entry.remaining = remaining < 0 ? absl::InfiniteDuration() : absl::Milliseconds(remaining);
  co_return entry;
}

Task<bool> RedisStore::Swap(std::string key, std::string expected, std::string next, absl::Duration ttl,
                            Deadline deadline) {
  CO_RETURN_IF_ERROR(CheckSize(next));
  std::vector<std::string> arguments = {std::move(key), std::move(expected), std::move(next), Milliseconds(ttl)};
  CO_ASSIGN_OR_RETURN(const Reply reply, co_await Evaluate(connection_, &SwapScript(), std::move(arguments), deadline));
  if (reply.type != Reply::Type::kInteger) co_return Unexpected(reply);
  co_return reply.integer == 1;
}

Task<> RedisStore::Erase(std::string key, Deadline deadline) {
  std::vector<std::string> command = {"DEL", std::move(key)};
  CO_ASSIGN_OR_RETURN(const Reply reply, co_await connection_->Command(std::move(command), deadline));
  if (reply.type != Reply::Type::kInteger) co_return Unexpected(reply);
  co_return absl::OkStatus();
}

absl::Status RedisStore::KnownState() {
  const StoreState state = connection_->state();
  if (state == StoreState::kDown || state == StoreState::kUnsuitable) {
    return Fail(Reason::kStoreUnavailable, absl::StrCat("Redis is away: ", connection_->why()));
  }
  if (full_at_->has_value() && environment_.Uptime() - **full_at_ < kFullFor) return Full();
  return absl::OkStatus();
}

// Value and remaining time belong together, so both are read in one step.
const RedisStore::Script& RedisStore::ReadScript() {
  static const Script* const script = new Script(R"(#!lua flags=no-writes
local value = redis.call('GET', KEYS[1])
if not value then return false end
return {value, redis.call('PTTL', KEYS[1])}
)");
  return *script;
}

// allow-oom: a full server refuses new logins, but lets those under way finish.
const RedisStore::Script& RedisStore::SwapScript() {
  static const Script* const script = new Script(R"(#!lua flags=allow-oom
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
)");
  return *script;
}

Task<Reply> RedisStore::Evaluate(std::shared_ptr<RedisConnection> connection, const Script* script,
                                 std::vector<std::string> key_and_arguments, Deadline deadline) {
  std::vector<std::string> command = {"EVALSHA", script->sha1, "1"};
  command.insert(command.end(), key_and_arguments.begin(), key_and_arguments.end());
  CO_ASSIGN_OR_RETURN(Reply reply, co_await connection->Command(std::move(command), deadline));
  if (reply.ErrorCode() != "NOSCRIPT") co_return reply;
  // Nothing was done. EVAL leaves the script with the server.
  command = {"EVAL", script->text, "1"};
  command.insert(command.end(), std::make_move_iterator(key_and_arguments.begin()),
                 std::make_move_iterator(key_and_arguments.end()));
  co_return co_await connection->Command(std::move(command), deadline);
}

}  // namespace oauth1d::storage
