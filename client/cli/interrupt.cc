#include "client/cli/interrupt.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

namespace oauth1d::cli {
namespace {

int pipe_ends[2] = {-1, -1};

void Tell(int) {
  const int kept = errno;
  const char byte = 0;
  [[maybe_unused]] const ssize_t written = write(pipe_ends[1], &byte, 1);
  errno = kept;
}

}  // namespace

Interrupt::Interrupt() {
  if (pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) != 0) throw std::runtime_error("no more files can be opened");
  struct sigaction action {};
  action.sa_handler = &Tell;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &before_int_);
  sigaction(SIGTERM, &action, &before_term_);
}

Interrupt::~Interrupt() {
  sigaction(SIGINT, &before_int_, nullptr);
  sigaction(SIGTERM, &before_term_, nullptr);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

int Interrupt::descriptor() const { return pipe_ends[0]; }

}  // namespace oauth1d::cli
