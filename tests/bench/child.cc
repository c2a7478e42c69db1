#include "tests/bench/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace oauth1d::bench {

Child::Child(const std::vector<std::string>& command, const std::string& ready) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(ends[1], STDERR_FILENO);
    std::vector<char*> arguments;
    for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  close(ends[1]);
  stderr_ = ends[0];
  std::string text;
  for (char c = 0; read(stderr_, &c, 1) == 1;) {
    if (c != '\n') {
      text.push_back(c);
      continue;
    }
    if (text.find(ready) != std::string::npos) {
      ready_line_ = text;
      // One log line a call would fill the pipe.
      std::thread([fd = dup(stderr_)] {
        char buffer[65536];
        while (read(fd, buffer, sizeof(buffer)) > 0) {
        }
        close(fd);
      }).detach();
      return;
    }
    text.clear();
  }
  throw std::runtime_error(command[0] + " did not start: " + text);
}

Child::~Child() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  close(stderr_);
}

double Child::CpuSeconds() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
  std::string line;
  std::getline(file, line);
  std::istringstream fields(line.substr(line.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  long user = 0;
  long system = 0;
  fields >> user >> system;
  return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace oauth1d::bench
