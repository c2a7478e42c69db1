// A process of the bench's own, stopped when it goes.
#ifndef OAUTH1D_TESTS_BENCH_CHILD_H_
#define OAUTH1D_TESTS_BENCH_CHILD_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace oauth1d::bench {

class Child {
 public:
  // Starts the program and reads its stderr until a line holds `ready`; the rest of stderr goes nowhere.
  // Throws std::runtime_error where it does not come.
  Child(const std::vector<std::string>& command, const std::string& ready);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  // The line that held `ready`.
  const std::string& ready_line() const { return ready_line_; }
  // CPU time that the process has used so far, in seconds.
  double CpuSeconds() const;

 private:
  pid_t pid_;
  int stderr_;
  std::string ready_line_;
};

}  // namespace oauth1d::bench

#endif  // OAUTH1D_TESTS_BENCH_CHILD_H_
