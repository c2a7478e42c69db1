#include "server/base/fork_count.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace oauth1d {
namespace {

TEST(ForkCountTest, AChildCountsOneMoreThanItsParent) {
  const uint64_t ours = ForkCount();
  const pid_t child = fork();
  if (child == 0) _exit(ForkCount() == ours + 1 ? 0 : 1);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(ForkCount(), ours);
}

}  // namespace
}  // namespace oauth1d
