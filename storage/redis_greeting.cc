#include "storage/redis_greeting.h"

#include <initializer_list>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/base/failure.h"

namespace oauth1d::storage {
namespace {

constexpr int kOldestMajorVersion = 7;
// PING, INFO server, INFO memory, ROLE. PING comes first because it tells what INFO and ROLE, which a server
// answers in any condition, do not: LOADING, MASTERDOWN, and MISCONF (writes refused after a failed save).
constexpr size_t kChecks = 4;
// PING, ROLE.
constexpr size_t kSentinelChecks = 2;

// What the store's verbs need, tried where it changes nothing: on a key that is never there.
constexpr absl::string_view kNoKey = "oauth1d:greeting";
constexpr absl::string_view kNoScript = "0000000000000000000000000000000000000000";
struct Right {
  absl::string_view command;
  std::initializer_list<absl::string_view> words;
};
constexpr Right kRights[] = {
    {"get", {"GET", kNoKey}},
    {"set", {"SET", kNoKey, "", "PX", "1", "XX"}},
    {"pttl", {"PTTL", kNoKey}},
    {"del", {"DEL", kNoKey}},
    {"eval", {"EVAL", "return 1", "1", kNoKey}},
    {"evalsha", {"EVALSHA", kNoScript, "1", kNoKey}},
};

bool Authenticates(const RedisOptions& options) { return !options.password.empty() || !options.username.empty(); }

void Append(std::string& out, std::initializer_list<absl::string_view> words) {
  AppendCommand(out, absl::Span<const absl::string_view>(words.begin(), words.size()));
}

// The value of `field` in what INFO says; empty where it is not there.
absl::string_view InfoField(absl::string_view info, absl::string_view field) {
  for (absl::string_view line : absl::StrSplit(info, '\n')) {
    if (absl::ConsumePrefix(&line, field) && absl::ConsumePrefix(&line, ":")) return absl::StripSuffix(line, "\r");
  }
  return {};
}

Verdict JudgeVersion(absl::string_view version) {
  int major = 0;
  const std::vector<absl::string_view> parts = absl::StrSplit(version, absl::MaxSplits('.', 1));
  if (!absl::SimpleAtoi(parts[0], &major)) {
    return {StoreState::kUnsuitable, "the server does not tell its redis_version"};
  }
  if (major >= kOldestMajorVersion) return {StoreState::kUp, ""};
  return {StoreState::kUnsuitable,
          absl::StrCat("Redis ", EscapeForPeople(version), " is too old: version 7.0 or later is needed")};
}

Verdict JudgePolicy(absl::string_view policy) {
  if (policy.empty()) return {StoreState::kUnsuitable, "the server does not tell its maxmemory_policy"};
  if (absl::StartsWith(policy, "allkeys-")) {
    return {StoreState::kUnsuitable, absl::StrCat("maxmemory-policy ", EscapeForPeople(policy),
                                                  " would drop pending logins silently: set it to noeviction")};
  }
  if (policy == "noeviction") return {StoreState::kUp, ""};
  return {StoreState::kUp, absl::StrCat("maxmemory-policy ", EscapeForPeople(policy),
                                        " drops pending logins once the server is full: better noeviction")};
}

Verdict JudgeRole(const Reply& role) {
  if (role.elements.empty()) return {StoreState::kDown, "the server does not tell its role"};
  const std::string& name = role.elements[0].text;
  if (name == "master") return {StoreState::kUp, ""};
  return {StoreState::kDown, absl::StrCat("the server is no master (role ", EscapeForPeople(name), ")")};
}

Verdict JudgeSentinel(const Reply& role) {
  const std::string name = role.elements.empty() ? "unknown" : EscapeForPeople(role.elements[0].text);
  if (name == "sentinel") return {StoreState::kUp, ""};
  return {StoreState::kDown, absl::StrCat("this is no Sentinel (role ", name, "): theirs is usually port 26379")};
}

// Other errors than NOPERM are of no account: a full server refuses SET, none knows kNoScript.
Verdict JudgeRights(absl::Span<const Reply> replies) {
  std::string missing;
  std::string told;
  for (size_t i = 0; i < replies.size(); ++i) {
    if (replies[i].ErrorCode() != "NOPERM") continue;
    absl::StrAppend(&missing, missing.empty() ? "" : ", ", kRights[i].command);
    if (told.empty()) told = EscapeForPeople(replies[i].text);
  }
  if (missing.empty()) return {StoreState::kUp, ""};
  return {
      StoreState::kDown,
      absl::StrCat("the server's ACL does not let our user do what it must on oauth1d:*: ", missing, " (", told, ")")};
}

}  // namespace

std::string EncodeGreeting(const RedisOptions& options) {
  std::string greeting;
  // AUTH goes first, into the block that was reserved for it. The rest then finds too little room and moves the
  // whole, so take room for everything at once: a freed block with the password in it is not wiped by anyone.
  constexpr size_t kRest = 1024;
  greeting.reserve(options.username.size() + options.password.size() + kRest);
  if (!options.username.empty()) {
    Append(greeting, {"AUTH", options.username, options.password.Reveal()});
  } else if (!options.password.empty()) {
    Append(greeting, {"AUTH", options.password.Reveal()});
  }
  Append(greeting, {"PING"});
  if (options.kind == RedisKind::kSentinel) {
    Append(greeting, {"ROLE"});
    return greeting;
  }
  Append(greeting, {"INFO", "server"});
  Append(greeting, {"INFO", "memory"});
  Append(greeting, {"ROLE"});
  for (const Right& right : kRights) Append(greeting, right.words);
  return greeting;
}

size_t GreetingReplies(const RedisOptions& options) {
  const size_t checks = options.kind == RedisKind::kSentinel ? kSentinelChecks : kChecks + std::size(kRights);
  return checks + (Authenticates(options) ? 1 : 0);
}

Verdict JudgeGreeting(const RedisOptions& options, absl::Span<const Reply> replies) {
  if (replies.size() != GreetingReplies(options)) return {StoreState::kDown, "the greeting was cut short"};
  const bool sentinel = options.kind == RedisKind::kSentinel;
  const absl::Span<const Reply> rights = replies.last(sentinel ? 0 : std::size(kRights));
  replies.remove_suffix(rights.size());
  // The first error is the cause of those behind it.
  for (const Reply& reply : replies) {
    if (reply.type == Reply::Type::kError) {
      return {StoreState::kDown, absl::StrCat("the server refused the greeting: ", EscapeForPeople(reply.text))};
    }
  }
  if (sentinel) return JudgeSentinel(replies.back());
  const absl::Span<const Reply> checks = replies.last(kChecks);
  Verdict verdict = JudgeVersion(InfoField(checks[1].text, "redis_version"));
  if (verdict.state != StoreState::kUp) return verdict;
  Verdict policy = JudgePolicy(InfoField(checks[2].text, "maxmemory_policy"));
  if (policy.state != StoreState::kUp) return policy;
  verdict = JudgeRole(checks[3]);
  if (verdict.state != StoreState::kUp) return verdict;
  verdict = JudgeRights(rights);
  return verdict.state == StoreState::kUp ? policy : verdict;
}

Task<Verdict> ConnectAndGreet(ByteStream* stream, ReplyReader* reader, RedisAddress address, RedisOptions options,
                              absl::Duration patience) {
  CO_RETURN_IF_ERROR(co_await stream->Connect(std::move(address), patience));
  std::string greeting = EncodeGreeting(options);
  const absl::Status sent = co_await stream->Write(greeting);
  WipeText(greeting);
  CO_RETURN_IF_ERROR(sent);
  std::vector<Reply> replies;
  std::vector<char> incoming(4096);
  while (replies.size() < GreetingReplies(options)) {
    CO_ASSIGN_OR_RETURN(std::optional<Reply> reply, reader->Next());
    if (reply.has_value()) {
      replies.push_back(*std::move(reply));
    } else {
      CO_ASSIGN_OR_RETURN(const size_t size, co_await stream->ReadSome(absl::MakeSpan(incoming)));
      reader->Feed(absl::string_view(incoming.data(), size));
    }
  }
  co_return JudgeGreeting(options, replies);
}

}  // namespace oauth1d::storage
