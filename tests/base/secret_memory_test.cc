#include "server/base/secret_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <set>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "server/base/secret.h"

namespace oauth1d {
namespace {

using ::testing::HasSubstr;

#if defined(__SANITIZE_ADDRESS__)
#define OAUTH1D_WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OAUTH1D_WITH_ASAN 1
#endif
#endif
#ifdef OAUTH1D_WITH_ASAN
constexpr bool kWithAddressSanitizer = true;
#else
constexpr bool kWithAddressSanitizer = false;
#endif

// The line of /proc/self/smaps that starts with `field`, for the mapping that `address` lies in.
std::string Smaps(const char* address, absl::string_view field) {
  std::ifstream smaps("/proc/self/smaps");
  const auto at = reinterpret_cast<uintptr_t>(address);
  bool inside = false;
  for (std::string line; std::getline(smaps, line);) {
    uintptr_t begin = 0;
    uintptr_t end = 0;
    if (sscanf(line.c_str(), "%lx-%lx ", &begin, &end) == 2) inside = begin <= at && at < end;
    if (inside && absl::StartsWith(line, field)) return line;
  }
  return "";
}

TEST(SecretMemoryTest, ItIsInNoCoreDumpAndNoChildAndNotSwapped) {
  for (const size_t size : {1, 40, 4096, 16'384, 16'385, 100'000}) {
    char* const bytes = NewSecretMemory(size);
    std::memset(bytes, 's', size);
    EXPECT_THAT(Smaps(bytes, "VmFlags:"), HasSubstr(" dd ")) << "MADV_DONTDUMP";
    EXPECT_THAT(Smaps(bytes, "VmFlags:"), HasSubstr(" wf ")) << "MADV_WIPEONFORK";
    // AddressSanitizer makes mlock do nothing. As far as RLIMIT_MEMLOCK lets, which a test is sure of only for little.
    if (!kWithAddressSanitizer && size <= 4096) EXPECT_THAT(Smaps(bytes, "VmFlags:"), HasSubstr(" lo ")) << "mlock";
    FreeSecretMemory(bytes, size);
  }
}

TEST(SecretMemoryTest, AForkedChildFindsZeros) {
  const Secret secret("kd94hf93k423kf44");
  const pid_t child = fork();
  if (child == 0) _exit(secret.Reveal() == std::string(16, '\0') ? 0 : 1);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(secret.Reveal(), "kd94hf93k423kf44");
}

TEST(SecretMemoryTest, WhatWasGivenBackIsZeroForItsNextOwner) {
  for (const size_t size : {1, 31, 32, 33, 64, 100, 1000, 4095, 4096, 16'384}) {
    char* const bytes = NewSecretMemory(size);
    std::memset(bytes, 's', size);
    FreeSecretMemory(bytes, size);
    char* const again = NewSecretMemory(size);
    EXPECT_EQ(again, bytes) << "so that few pages are in use";
    EXPECT_EQ(std::string(again, size), std::string(size, '\0')) << size;
    FreeSecretMemory(again, size);
  }
}

TEST(SecretMemoryTest, NothingIsGivenOutTwice) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([thread] {
      const std::string mark(1, static_cast<char>('a' + thread));
      std::vector<Secret> secrets;
      for (int round = 0; round < 20'000; ++round) {
        const size_t size = 1 + static_cast<size_t>(round * 37 % 5000);
        std::string text;
        for (size_t i = 0; i < size; i += 16) text += mark;
        secrets.emplace_back(text);
        if (secrets.size() < 50) continue;
        for (const Secret& secret : secrets) {
          if (secret.Reveal().find_first_not_of(mark) != absl::string_view::npos) ADD_FAILURE() << "two owners";
        }
        secrets.clear();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(SecretMemoryTest, AnEmptySecretIsNotNull) {
  for (const Secret& empty : {Secret(), Secret("")}) {
    EXPECT_TRUE(empty.empty());
    EXPECT_NE(empty.Reveal().data(), nullptr);
  }
}

#ifdef OAUTH1D_WITH_ASAN
TEST(SecretMemoryDeathTest, AddressSanitizerSeesUseAfterTheEndAndBeyondIt) {
  EXPECT_DEATH(
      {
        char* const bytes = NewSecretMemory(40);
        FreeSecretMemory(bytes, 40);
        *static_cast<volatile char*>(bytes) = 'x';
      },
      "use-after-poison");
  EXPECT_DEATH(
      {
        char* const bytes = NewSecretMemory(40);
        *static_cast<volatile char*>(bytes + 40) = 'x';
      },
      "use-after-poison");
}
#endif

}  // namespace
}  // namespace oauth1d
