#include "tests/base/stepped_child.h"

#include <elf.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>

namespace oauth1d {
namespace {

// The marks between which is counted: each has an address of its own, and is really called.
__attribute__((noinline)) void Begin() { asm volatile("" ::: "memory"); }
__attribute__((noinline)) void End() { asm volatile("nop" ::: "memory"); }

uintptr_t ProgramCounterOf(pid_t child) {
  user_regs_struct registers = {};
  iovec whole = {&registers, sizeof(registers)};
  if (ptrace(PTRACE_GETREGSET, child, NT_PRSTATUS, &whole) != 0) return 0;
#if defined(__x86_64__)
  return registers.rip;
#elif defined(__aarch64__)
  return registers.pc;
#else
#error "name the program counter of this architecture"
#endif
}

// The child has stopped, and not because of a fault of its own.
bool Stopped(pid_t child, int signal) {
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFSTOPPED(status) && WSTOPSIG(status) == signal;
}

long CountSteps(pid_t child) {
  if (!Stopped(child, SIGSTOP)) return -1;
  constexpr long kMost = 10'000'000;
  long counted = -1;
  for (long step = 0; step < kMost; ++step) {
    if (ptrace(PTRACE_SINGLESTEP, child, nullptr, nullptr) != 0 || !Stopped(child, SIGTRAP)) return -1;
    const uintptr_t at = ProgramCounterOf(child);
    if (at == reinterpret_cast<uintptr_t>(&Begin)) counted = 0;
    if (at == reinterpret_cast<uintptr_t>(&End)) return counted;
    if (counted >= 0) ++counted;
  }
  return -1;
}

}  // namespace

long InstructionsOf(const std::function<void()>& work) {
  const pid_t child = fork();
  if (child < 0) return -1;
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(1);
    raise(SIGSTOP);
    Begin();
    work();
    End();
    _exit(0);
  }
  const long counted = CountSteps(child);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  return counted;
}

}  // namespace oauth1d
