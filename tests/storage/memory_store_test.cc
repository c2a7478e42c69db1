#include "storage/memory_store.h"

#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/storage/key_value_store_contract.h"
#include "tests/support/fake_environment.h"
#include "tests/support/run_task.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::storage {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::Field;
using ::testing::Optional;

StoreFactory MemoryFactory() {
  return [space = std::make_shared<MemorySpace>()](boost::asio::io_context&) {
    return std::make_unique<MemoryStore>(space, RealEnvironment());
  };
}

INSTANTIATE_TEST_SUITE_P(Memory, KeyValueStoreContract, ::testing::Values(MemoryFactory()));

class MemoryStoreTest : public ::testing::Test {
 protected:
  absl::StatusOr<bool> Put(MemoryStore& store, std::string key, std::string value, absl::Duration ttl) {
    return RunTask(loop_, [&] { return store.Put(key, value, ttl, Deadline::After(environment_, absl::Seconds(1))); });
  }
  absl::StatusOr<bool> Swap(MemoryStore& store, std::string key, std::string expected, std::string next) {
    return RunTask(loop_, [&] {
      return store.Swap(key, expected, next, absl::Minutes(1), Deadline::After(environment_, absl::Seconds(1)));
    });
  }
  absl::StatusOr<std::optional<Entry>> Get(MemoryStore& store, std::string key) {
    return RunTask(loop_, [&] { return store.Get(key, Deadline::After(environment_, absl::Seconds(1))); });
  }

  boost::asio::io_context loop_;
  FakeEnvironment environment_;
};

TEST_F(MemoryStoreTest, ExpiresByTheMonotonicClockToTheMillisecond) {
  MemoryStore store(std::make_shared<MemorySpace>(), environment_);
  ASSERT_THAT(Put(store, "k", "v", absl::Seconds(60)), IsOkAnd(true));
  environment_.SetNow(absl::FromUnixSeconds(9'000'000'000));
  environment_.Advance(absl::Milliseconds(59'999));
  EXPECT_THAT(Get(store, "k"),
              IsOkAnd(Optional(AllOf(Field(&Entry::value, "v"), Field(&Entry::remaining, absl::Milliseconds(1))))));
  environment_.Advance(absl::Milliseconds(1));
  EXPECT_THAT(Get(store, "k"), IsOkAnd(Eq(std::nullopt)));
}

TEST_F(MemoryStoreTest, AFullSpaceRefusesNewKeysButSwapsOldOnes) {
  const auto space = std::make_shared<MemorySpace>(10'000);
  MemoryStore store(space, environment_);
  MemoryStore other_loop(space, environment_);
  ASSERT_THAT(Put(store, "pending", "p", absl::Minutes(1)), IsOkAnd(true));
  int puts = 0;
  absl::StatusOr<bool> put = true;
  while ((put = Put(store, absl::StrCat("key ", puts), std::string(1000, 'x'), absl::Minutes(1))).ok()) ++puts;
  EXPECT_THAT(put, FailsWith(Reason::kStoreFull));
  EXPECT_EQ(puts, 7);
  EXPECT_THAT(store.KnownState(), FailsWith(Reason::kStoreFull));
  EXPECT_THAT(other_loop.KnownState(), FailsWith(Reason::kStoreFull));
  EXPECT_THAT(Swap(store, "pending", "p", std::string(5000, 'y')), IsOkAnd(true));

  environment_.Advance(absl::Seconds(1));
  EXPECT_THAT(store.KnownState(), IsOk());
  environment_.Advance(absl::Minutes(1));
  EXPECT_THAT(Put(store, "after expiry", std::string(9000, 'x'), absl::Minutes(1)), IsOkAnd(true));
}

TEST_F(MemoryStoreTest, WhatHasExpiredIsDroppedAFewRecordsACall) {
  const auto space = std::make_shared<MemorySpace>();
  MemoryStore store(space, environment_);
  for (int i = 0; i < 1000; ++i) ASSERT_THAT(Put(store, absl::StrCat(i), "v", absl::Seconds(1)), IsOkAnd(true));
  environment_.Advance(absl::Seconds(2));
  size_t before = space->size();
  for (int i = 0; i < 1000 && space->size() > 0; ++i) {
    EXPECT_THAT(Get(store, "another"), IsOkAnd(Eq(std::nullopt)));
    EXPECT_LE(before - space->size(), 4U);
    before = space->size();
  }
  EXPECT_EQ(space->size(), 0U);
  EXPECT_EQ(space->bytes(), 0U);
}

// Run under ThreadSanitizer too.
TEST(MemorySpaceTest, TwoLoopsShareASpace) {
  const auto space = std::make_shared<MemorySpace>();
  constexpr int kKeys = 500;
  std::vector<int> wins(2);
  const auto claim_all = [&](int loop_number) {
    boost::asio::io_context loop;
    MemoryStore store(space, RealEnvironment());
    const Deadline deadline = Deadline::After(RealEnvironment(), absl::Seconds(30));
    const absl::Status status = RunTask(loop, [&]() -> Task<> {
      for (int i = 0; i < kKeys; ++i) {
        const std::string key = absl::StrCat("key ", i);
        CO_RETURN_IF_ERROR((co_await store.Put(key, "pending", absl::Minutes(1), deadline)).status());
        const std::string mine = absl::StrCat("claimed by ", loop_number);
        CO_ASSIGN_OR_RETURN(const bool won, co_await store.Swap(key, "pending", mine, absl::Minutes(1), deadline));
        wins[loop_number] += won ? 1 : 0;
        CO_RETURN_IF_ERROR((co_await store.Get(key, deadline)).status());
        const std::string passing = absl::StrCat("passing ", loop_number, " ", i);
        CO_RETURN_IF_ERROR((co_await store.Put(passing, "v", absl::Milliseconds(1), deadline)).status());
        CO_RETURN_IF_ERROR(co_await store.Erase(passing, deadline));
        CO_RETURN_IF_ERROR(store.KnownState());
      }
      co_return absl::OkStatus();
    });
    EXPECT_THAT(status, IsOk());
  };
  std::thread one(claim_all, 0);
  std::thread two(claim_all, 1);
  one.join();
  two.join();
  EXPECT_EQ(wins[0] + wins[1], kKeys);
}

}  // namespace
}  // namespace oauth1d::storage
