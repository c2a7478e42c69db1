// Ctrl-C as an event: a wait ends, and what is open is closed in order.
#ifndef OAUTH1D_CLIENT_CLI_INTERRUPT_H_
#define OAUTH1D_CLIENT_CLI_INTERRUPT_H_

#include <csignal>

namespace oauth1d::cli {

inline constexpr int kInterrupted = 130;

// As long as it lives, SIGINT and SIGTERM make descriptor() readable. One at a time.
class Interrupt {
 public:
  Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  ~Interrupt();

  int descriptor() const;

 private:
  struct sigaction before_int_ {};
  struct sigaction before_term_ {};
};

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_INTERRUPT_H_
