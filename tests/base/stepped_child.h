// Counts the instructions of a function, one by one.
#ifndef OAUTH1D_TESTS_BASE_STEPPED_CHILD_H_
#define OAUTH1D_TESTS_BASE_STEPPED_CHILD_H_

#include <functional>

namespace oauth1d {

// Runs `work` in a forked child under ptrace and gives how many machine instructions it took; -1 where the child
// could not be stepped (the test must fail then).
long InstructionsOf(const std::function<void()>& work);

}  // namespace oauth1d

#endif  // OAUTH1D_TESTS_BASE_STEPPED_CHILD_H_
