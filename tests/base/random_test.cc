// The values that nobody may guess: states, bindings, envelopes' salts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "absl/strings/escaping.h"
#include "server/base/environment.h"
#include "tests/support/status_matchers.h"

namespace oauth1d {
namespace {

constexpr size_t kStateSize = 32;

// Ten million with OAUTH1D_LONG, a million without.
size_t HowMany() { return std::getenv("OAUTH1D_LONG") != nullptr ? 10'000'000 : 1'000'000; }

TEST(RandomTest, StatesNeverRepeatAndEachByteIsAsLikelyAsAnyOther) {
  const size_t states = HowMany();
  // Of 256 bits, the first 64: by chance two are the same once in 370,000 runs of ten million.
  std::vector<uint64_t> beginnings;
  beginnings.reserve(states);
  std::array<uint64_t, 256> counts = {};
  std::string bytes;
  for (size_t i = 0; i < states; ++i) {
    ASSERT_OK_AND_ASSIGN(const std::string state, RandomText(RealEnvironment(), kStateSize));
    ASSERT_TRUE(absl::WebSafeBase64Unescape(state, &bytes));
    ASSERT_EQ(bytes.size(), kStateSize);
    uint64_t beginning = 0;
    std::memcpy(&beginning, bytes.data(), sizeof(beginning));
    beginnings.push_back(beginning);
    for (const char byte : bytes) ++counts[static_cast<unsigned char>(byte)];
  }
  std::sort(beginnings.begin(), beginnings.end());
  EXPECT_EQ(std::adjacent_find(beginnings.begin(), beginnings.end()), beginnings.end()) << "a state came twice";

  // 255 degrees of freedom: mean 255, deviation 22.6. Six deviations off comes by chance once in some ten million runs.
  const double expected = static_cast<double>(states * kStateSize) / 256;
  double chi_square = 0;
  for (const uint64_t count : counts) {
    const double off = static_cast<double>(count) - expected;
    chi_square += off * off / expected;
  }
  EXPECT_LT(chi_square, 255 + 6 * 22.6);
  EXPECT_GT(chi_square, 255 - 6 * 22.6) << "too even to be random";
}

// From here on neither getrandom nor any device answers this process.
bool TakeRandomnessAway() {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getrandom, 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter = {std::size(program), program};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

// A forked child has to seed its generator anew, and cannot.
TEST(RandomTest, WhereTheKernelGivesNoneThereIsAnErrorAndNoWeakValue) {
  ASSERT_THAT(RandomText(RealEnvironment(), kStateSize), IsOk());
  const pid_t child = fork();
  if (child == 0) {
    if (!TakeRandomnessAway()) _exit(2);
    const absl::StatusOr<std::string> state = RandomText(RealEnvironment(), kStateSize);
    _exit(state.ok() ? 1 : absl::IsInternal(state.status()) ? 0 : 3);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0) << "1: a value was made; 2: no seccomp here; 3: another error than kInternal";
}

TEST(RandomTest, AForkedChildDrawsOtherBytesThanItsParent) {
  ASSERT_THAT(RandomText(RealEnvironment(), kStateSize), IsOk());
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    const absl::StatusOr<std::string> bytes = RealEnvironment().RandomBytes(kStateSize);
    const bool told = bytes.ok() && write(pipe_ends[1], bytes->data(), kStateSize) == kStateSize;
    _exit(told ? 0 : 1);
  }
  std::string theirs(kStateSize, '\0');
  ASSERT_EQ(read(pipe_ends[0], theirs.data(), kStateSize), static_cast<ssize_t>(kStateSize));
  waitpid(child, nullptr, 0);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
  EXPECT_THAT(RealEnvironment().RandomBytes(kStateSize), IsOkAnd(::testing::Ne(theirs)));
}

}  // namespace
}  // namespace oauth1d
