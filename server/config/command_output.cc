#include "server/config/command_output.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/status_macros.h"
#include "server/config/file_trust.h"

namespace oauth1d::config {
namespace {

using Clock = std::chrono::steady_clock;

absl::Status Fault(absl::string_view what) { return absl::InvalidArgumentError(absl::StrCat("the program ", what)); }

absl::Status CannotStart(int error) { return Fault(absl::StrCat("cannot be started: ", std::strerror(error))); }

absl::Status CheckProgram(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return CannotStart(errno);
  return CheckOnlyOwnerWrites(facts.st_uid, facts.st_mode, ::geteuid(), "the program");
}

// As exec wants it; `texts` outlive it, and are not changed.
std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// A program that runs, in a process group of its own. Whatever happens, it is gone when this is.
class Program {
 public:
  Program() = default;
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    if (output_ >= 0) ::close(output_);
    if (process_ <= 0) return;
    ::kill(-process_, SIGKILL);
    int ignored = 0;
    while (::waitpid(process_, &ignored, 0) < 0 && errno == EINTR) {
    }
  }

  absl::Status Start(const std::vector<std::string>& argv, const std::vector<std::string>& environment) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return CannotStart(errno);
    output_ = pipe[0];
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    // What this process ignores or blocks, SIGPIPE above all, is not for the program.
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    const std::vector<char*> arguments = Pointers(argv);
    const std::vector<char*> variables = Pointers(environment);
    const int error =
        ::posix_spawn(&process_, argv[0].c_str(), &actions, &attributes, arguments.data(), variables.data());
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    ::close(pipe[1]);
    if (error == 0) return absl::OkStatus();
    process_ = 0;
    return CannotStart(error);
  }

  // Until it closes its output; then waits for its end.
  absl::Status Read(std::string& text, size_t& size, Clock::time_point deadline, const CommandBounds& bounds) {
    for (;;) {
      if (size > bounds.bytes) return Fault(absl::StrCat("writes more than ", bounds.bytes, " bytes"));
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
      if (left.count() <= 0) return TooLate(bounds);
      pollfd wait{output_, POLLIN, 0};
      const int ready = ::poll(&wait, 1, static_cast<int>(left.count()));
      if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
      const ssize_t count = ::read(output_, text.data() + size, text.size() - size);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return Fault(absl::StrCat("cannot be read: ", std::strerror(errno)));
      if (count == 0) return AwaitEnd(deadline, bounds);
      size += static_cast<size_t>(count);
    }
  }

 private:
  static absl::Status TooLate(const CommandBounds& bounds) {
    return Fault(absl::StrCat("does not end within ", absl::FormatDuration(bounds.time)));
  }

  absl::Status AwaitEnd(Clock::time_point deadline, const CommandBounds& bounds) {
    int status = 0;
    for (;;) {
      const pid_t ended = ::waitpid(process_, &status, WNOHANG);
      if (ended == process_) break;
      if (ended < 0 && errno != EINTR) return Fault(absl::StrCat("is lost: ", std::strerror(errno)));
      if (Clock::now() >= deadline) return TooLate(bounds);
      absl::SleepFor(absl::Milliseconds(2));
    }
    process_ = 0;
    if (WIFSIGNALED(status)) return Fault(absl::StrCat("was ended by the signal ", WTERMSIG(status)));
    if (WEXITSTATUS(status) == 0) return absl::OkStatus();
    return Fault(absl::StrCat("ended with status ", WEXITSTATUS(status)));
  }

  pid_t process_ = 0;  // 0: none runs
  int output_ = -1;
};

}  // namespace

absl::StatusOr<Secret> OutputOf(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                                const CommandBounds& bounds) {
  const Clock::time_point deadline = Clock::now() + absl::ToChronoNanoseconds(bounds.time);
  RETURN_IF_ERROR(CheckProgram(argv[0]));
  Program program;
  RETURN_IF_ERROR(program.Start(argv, environment));
  std::string text(bounds.bytes + 1, '\0');
  size_t size = 0;
  const absl::Status status = program.Read(text, size, deadline, bounds);
  Secret output(absl::string_view(text).substr(0, size));
  WipeText(text);
  RETURN_IF_ERROR(status);
  if (output.empty()) return Fault("writes nothing");
  return output;
}

}  // namespace oauth1d::config
