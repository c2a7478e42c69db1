#include "tests/support/redis_server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/support/free_port.h"

namespace oauth1d {
namespace {

constexpr int kCannotExec = 127;

using Connection = std::unique_ptr<redisContext, void (*)(redisContext*)>;

Connection ConnectTo(int port) {
  const timeval patience = {.tv_sec = 2, .tv_usec = 0};
  Connection connection(redisConnectWithTimeout("127.0.0.1", port, patience), redisFree);
  if (connection != nullptr && connection->err == 0) redisSetTimeout(connection.get(), patience);
  return connection;
}

}  // namespace

RedisServer::RedisServer(std::vector<std::string> options, std::optional<Tls> tls)
    : options_(std::move(options)), tls_(std::move(tls)) {
  std::string pattern = (std::filesystem::temp_directory_path() / "redis-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    ADD_FAILURE() << "cannot make a folder like " << pattern;
    return;
  }
  folder_ = pattern;
  for (int attempt = 0; attempt < 5; ++attempt) {
    port_ = FreePort();
    if (tls_.has_value()) tls_port_ = FreePort();
    if (Launch()) return;
  }
  ADD_FAILURE() << "redis-server does not start (see " << folder_ << "/log); is it there? apt-get install redis-server";
}

RedisServer::~RedisServer() {
  Kill();
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

std::string RedisServer::address() const { return absl::StrCat("127.0.0.1:", port_); }
std::string RedisServer::unix_address() const { return absl::StrCat("unix:", folder_, "/socket"); }

void RedisServer::Kill() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void RedisServer::Restart() {
  Kill();
  if (!Launch()) ADD_FAILURE() << "redis-server does not start again on port " << port_;
}

void RedisServer::Pause() {
  kill(pid_, SIGSTOP);
  // Until the kernel has really stopped it.
  waitpid(pid_, nullptr, WUNTRACED);
}

void RedisServer::Resume() { kill(pid_, SIGCONT); }

std::string RedisServer::Command(const std::vector<std::string>& arguments) {
  const Connection connection = ConnectTo(port_);
  if (connection == nullptr || connection->err != 0) return "(no connection)";
  std::vector<const char*> starts;
  std::vector<size_t> sizes;
  for (const std::string& argument : arguments) {
    starts.push_back(argument.data());
    sizes.push_back(argument.size());
  }
  const std::unique_ptr<redisReply, void (*)(void*)> reply(
      static_cast<redisReply*>(
          redisCommandArgv(connection.get(), static_cast<int>(starts.size()), starts.data(), sizes.data())),
      freeReplyObject);
  if (reply == nullptr) return "(no reply)";
  if (reply->type == REDIS_REPLY_INTEGER) return absl::StrCat(reply->integer);
  if (reply->type == REDIS_REPLY_NIL) return "(nil)";
  return reply->str == nullptr ? "" : std::string(reply->str, reply->len);
}

bool RedisServer::Launch() {
  std::vector<std::string> command = {"redis-server",
                                      "--bind",
                                      "127.0.0.1",
                                      "--port",
                                      absl::StrCat(port_),
                                      "--unixsocket",
                                      folder_ + "/socket",
                                      "--save",
                                      "",
                                      "--appendonly",
                                      "no",
                                      "--dir",
                                      folder_,
                                      "--logfile",
                                      folder_ + "/log"};
  if (tls_.has_value()) {
    const std::vector<std::string> tls = {
        "--tls-port",   absl::StrCat(tls_port_), "--tls-cert-file",    tls_->certificate_file, "--tls-key-file",
        tls_->key_file, "--tls-ca-cert-file",    tls_->client_ca_file, "--tls-auth-clients",   "yes"};
    command.insert(command.end(), tls.begin(), tls.end());
  }
  command.insert(command.end(), options_.begin(), options_.end());
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) {
    // A test that crashes leaves no server behind.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(kCannotExec);
    execvp(arguments[0], arguments.data());
    _exit(kCannotExec);
  }
  if (WaitUntilItAnswers()) return true;
  Kill();
  return false;
}

bool RedisServer::WaitUntilItAnswers() {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (std::chrono::steady_clock::now() < end) {
    if (waitpid(pid_, nullptr, WNOHANG) != 0) {
      pid_ = -1;
      return false;
    }
    if (Command({"PING"}) == "PONG") {
      // What the service's documentation tells operators to grant, and nothing else.
      const std::vector<std::string> rights = {
          "ACL",        "SETUSER",       kUsername,  "reset",          "on",     absl::StrCat(">", kPassword),
          "~oauth1d:*", "resetchannels", "-@all",    "+get",           "+set",   "+del",
          "+pttl",      "+eval",         "+evalsha", "+script|load",   "+ping",  "+info",
          "+role",      "+auth",         "+hello",   "+cluster|slots", "+asking"};
      return Command(rights) == "OK";
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

}  // namespace oauth1d
