#include "server/flow/nonce.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "tests/support/fake_environment.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::flow {
namespace {

using ::testing::Each;
using ::testing::MatchesRegex;

constexpr size_t kLength = 22;

std::vector<std::string> Draw(Nonces& nonces, size_t count) {
  std::vector<std::string> drawn;
  for (size_t i = 0; i < count; ++i) drawn.push_back(nonces.Next().value_or("(none)"));
  return drawn;
}

bool HasNoDuplicate(std::vector<std::string> nonces) {
  std::sort(nonces.begin(), nonces.end());
  return std::adjacent_find(nonces.begin(), nonces.end()) == nonces.end();
}

TEST(NonceTest, IsOfLettersAndDigitsThatEveryProviderTakes) {
  Nonces nonces(RealEnvironment());
  EXPECT_THAT(Draw(nonces, 1000), Each(MatchesRegex("[A-Za-z0-9]{22}")));
}

// Ten million with OAUTH1D_LONG, a million without.
TEST(NonceTest, EightThreadsNeverDrawTheSameOne) {
  const size_t each = std::getenv("OAUTH1D_LONG") != nullptr ? 1'250'000 : 125'000;
  // The first 16 of 22 letters, 95 bits: chance does not make two the same.
  using Beginning = unsigned __int128;
  std::vector<Beginning> beginnings(8 * each);
  std::vector<std::thread> threads;
  for (size_t thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&beginnings, thread, each] {
      Nonces nonces(RealEnvironment());
      for (size_t i = 0; i < each; ++i) {
        const absl::StatusOr<std::string> nonce = nonces.Next();
        if (!nonce.ok() || nonce->size() != kLength) return;
        std::memcpy(&beginnings[thread * each + i], nonce->data(), sizeof(Beginning));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::sort(beginnings.begin(), beginnings.end());
  EXPECT_NE(beginnings.front(), Beginning{0}) << "one was not drawn";
  EXPECT_EQ(std::adjacent_find(beginnings.begin(), beginnings.end()), beginnings.end()) << "a nonce came twice";
}

// The child goes on with a copy of everything, the drawn bytes too.
TEST(NonceTest, AForkedChildDrawsOthersThanItsParent) {
  constexpr size_t kCount = 100;
  Nonces nonces(RealEnvironment());
  std::vector<std::string> all = Draw(nonces, 1);
  for (int generation = 0; generation < 3; ++generation) {
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      std::string told;
      for (const std::string& nonce : Draw(nonces, kCount)) told += nonce;
      _exit(write(pipe_ends[1], told.data(), told.size()) == static_cast<ssize_t>(told.size()) ? 0 : 1);
    }
    std::string told(kCount * kLength, '\0');
    ASSERT_EQ(read(pipe_ends[0], told.data(), told.size()), static_cast<ssize_t>(told.size()));
    waitpid(child, nullptr, 0);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    for (size_t i = 0; i < kCount; ++i) all.push_back(told.substr(i * kLength, kLength));
    for (std::string& nonce : Draw(nonces, kCount)) all.push_back(std::move(nonce));
  }
  EXPECT_TRUE(HasNoDuplicate(all));
}

TEST(NonceTest, WithoutRandomnessThereIsAnErrorAndNoWeakValue) {
  FakeEnvironment environment;
  Nonces nonces(environment);
  ASSERT_THAT(nonces.Next(), IsOk());
  environment.BreakRandomness();
  // What was drawn before is still good; then it is over, every time.
  absl::StatusOr<std::string> nonce = nonces.Next();
  for (int i = 0; i < 1000 && nonce.ok(); ++i) nonce = nonces.Next();
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(nonce, HasCode(absl::StatusCode::kInternal));
    nonce = nonces.Next();
  }
}

}  // namespace
}  // namespace oauth1d::flow
