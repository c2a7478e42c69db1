// Reads the environment variables that it is told to, prints their sizes, and waits until its standard input ends: so
// that a test can look at /proc/PID/environ.
#include <iostream>
#include <string>

#include "server/config/process_variables.h"

int main(int argc, char** argv) {
  oauth1d::config::ProcessVariables variables;
  for (int i = 1; i < argc; ++i) {
    const auto value = variables.Read(argv[i]);
    std::cout << (value.has_value() ? std::to_string(value->size()) : "none") << " ";
  }
  std::cout << std::endl;
  while (std::cin.get() != std::char_traits<char>::eof()) {
  }
  return 0;
}
