#include "tests/storage/sentinel_group.h"

#include <gtest/gtest.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/support/free_port.h"

namespace oauth1d::storage {
namespace {

constexpr size_t kServers = 3;
constexpr size_t kSentinels = 3;
constexpr int kCannotExec = 127;

bool Eventually(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (std::chrono::steady_clock::now() < end) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

pid_t Launch(const std::string& configuration) {
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child != 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(kCannotExec);
  execlp("redis-server", "redis-server", configuration.c_str(), "--sentinel", nullptr);
  _exit(kCannotExec);
}

}  // namespace

SentinelGroup::SentinelGroup() {
  const std::vector<std::string> quick = {"--repl-diskless-sync-delay", "0"};
  servers_.push_back(std::make_unique<RedisServer>(quick));
  for (size_t i = 1; i < kServers; ++i) {
    std::vector<std::string> options = quick;
    options.insert(options.end(), {"--replicaof", "127.0.0.1", absl::StrCat(servers_[0]->port())});
    servers_.push_back(std::make_unique<RedisServer>(options));
  }
  // Sentinels that come sooner learn of the replicas only after ten seconds.
  const bool attached = Eventually([&] {
    const std::string info = servers_[0]->Command({"INFO", "replication"});
    return absl::StrContains(info, "slave0") && absl::StrContains(info, "slave1") &&
           !absl::StrContains(info, "state=wait") && !absl::StrContains(info, "state=send");
  });
  if (!attached) ADD_FAILURE() << "the replicas do not attach: " << servers_[0]->Command({"INFO", "replication"});
  sentinels_.resize(kSentinels);
  for (Sentinel& sentinel : sentinels_) Configure(sentinel);
  for (size_t i = 0; i < sentinels_.size(); ++i) StartSentinel(i);
  const bool ready = Eventually([&] {
    for (size_t i = 0; i < sentinels_.size(); ++i) {
      if (!absl::StrContains(Ask(i, {"INFO", "sentinel"}), "slaves=2,sentinels=3")) return false;
    }
    return true;
  });
  if (!ready) ADD_FAILURE() << "the Sentinels do not find each other: " << Ask(0, {"INFO", "sentinel"});
}

SentinelGroup::~SentinelGroup() {
  for (size_t i = 0; i < sentinels_.size(); ++i) KillSentinel(i);
  std::error_code ignored;
  for (const Sentinel& sentinel : sentinels_) std::filesystem::remove_all(sentinel.folder, ignored);
}

RedisOptions SentinelGroup::Options() const {
  RedisOptions options;
  options.username = RedisServer::kUsername;
  options.password = Secret(RedisServer::kPassword);
  RedisSentinel& to = options.sentinel.emplace();
  for (const Sentinel& sentinel : sentinels_) to.addresses.push_back(absl::StrCat("127.0.0.1:", sentinel.port));
  to.primary = kName;
  to.username = RedisServer::kUsername;
  to.password = Secret(RedisServer::kPassword);
  return options;
}

RedisServer* SentinelGroup::Primary() {
  for (const std::unique_ptr<RedisServer>& server : servers_) {
    size_t votes = 0;
    for (size_t i = 0; i < sentinels_.size(); ++i) votes += NamedBy(i) == server->port() ? 1 : 0;
    if (votes > sentinels_.size() / 2) return server.get();
  }
  return nullptr;
}

RedisServer* SentinelGroup::OtherThan(const RedisServer* server) {
  return servers_[0].get() == server ? servers_[1].get() : servers_[0].get();
}

RedisServer* SentinelGroup::WaitForAnotherPrimary(const RedisServer* old) {
  RedisServer* found = nullptr;
  const bool there = Eventually([&] {
    found = Primary();
    return found != nullptr && found != old && found->Command({"SET", "probe", "x"}) == "OK";
  });
  if (!there) ADD_FAILURE() << "no failover: " << Ask(0, {"INFO", "sentinel"});
  return there ? found : nullptr;
}

std::string SentinelGroup::Ask(size_t sentinel, const std::vector<std::string>& command) {
  const timeval patience = {.tv_sec = 2, .tv_usec = 0};
  const std::unique_ptr<redisContext, void (*)(redisContext*)> connection(
      redisConnectWithTimeout("127.0.0.1", sentinels_[sentinel].port, patience), redisFree);
  if (connection == nullptr || connection->err != 0) return "(no connection)";
  redisSetTimeout(connection.get(), patience);
  freeReplyObject(redisCommand(connection.get(), "AUTH %s", kPassword));
  std::vector<const char*> starts;
  std::vector<size_t> sizes;
  for (const std::string& word : command) {
    starts.push_back(word.data());
    sizes.push_back(word.size());
  }
  const std::unique_ptr<redisReply, void (*)(void*)> reply(
      static_cast<redisReply*>(
          redisCommandArgv(connection.get(), static_cast<int>(starts.size()), starts.data(), sizes.data())),
      freeReplyObject);
  return reply == nullptr || reply->str == nullptr ? "(no reply)" : std::string(reply->str, reply->len);
}

void SentinelGroup::KillSentinel(size_t sentinel) {
  pid_t& pid = sentinels_[sentinel].pid;
  if (pid <= 0) return;
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  pid = -1;
}

void SentinelGroup::StartSentinel(size_t sentinel) {
  sentinels_[sentinel].pid = Launch(sentinels_[sentinel].folder + "/sentinel.conf");
  // As the documentation of the service tells operators to.
  const std::vector<std::string> rights = {"ACL",
                                           "SETUSER",
                                           RedisServer::kUsername,
                                           "reset",
                                           "on",
                                           absl::StrCat(">", RedisServer::kPassword),
                                           "-@all",
                                           "+auth",
                                           "+ping",
                                           "+role",
                                           "+sentinel|master",
                                           "+sentinel|get-master-addr-by-name"};
  if (!Eventually([&] { return Ask(sentinel, rights) == "OK"; })) {
    ADD_FAILURE() << "redis-server --sentinel does not start (see " << sentinels_[sentinel].folder
                  << "/log); is it there? apt-get install redis-server";
  }
}

void SentinelGroup::Configure(Sentinel& sentinel) {
  std::string pattern = (std::filesystem::temp_directory_path() / "sentinel-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    ADD_FAILURE() << "cannot make a folder like " << pattern;
    return;
  }
  sentinel.folder = pattern;
  sentinel.port = FreePort();  // the same over a restart
  std::ofstream(sentinel.folder + "/sentinel.conf")
      << "bind 127.0.0.1\nport " << sentinel.port << "\ndir " << sentinel.folder << "\nlogfile " << sentinel.folder
      << "/log\nrequirepass \"" << kPassword << "\"\nsentinel monitor " << kName << " 127.0.0.1 " << servers_[0]->port()
      << " 2\nsentinel down-after-milliseconds " << kName << " 500\nsentinel failover-timeout " << kName << " 2000\n";
}

int SentinelGroup::NamedBy(size_t sentinel) {
  const std::string info = Ask(sentinel, {"INFO", "sentinel"});
  constexpr absl::string_view kAddress = "address=127.0.0.1:";
  const size_t at = info.find(kAddress.data(), 0, kAddress.size());
  int port = 0;
  if (at == std::string::npos) return port;
  const absl::string_view rest = absl::string_view(info).substr(at + kAddress.size());
  return absl::SimpleAtoi(rest.substr(0, rest.find(',')), &port) ? port : 0;
}

}  // namespace oauth1d::storage
