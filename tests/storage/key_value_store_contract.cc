#include "tests/storage/key_value_store_contract.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/run_task.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::storage {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::Field;
using ::testing::Ge;
using ::testing::Gt;
using ::testing::Le;
using ::testing::Optional;

void KeyValueStoreContract::SetUp() { store_ = GetParam()(loop_); }

void KeyValueStoreContract::TearDown() {
  store_.reset();
  loop_.restart();
  loop_.run_for(std::chrono::seconds(5));
  EXPECT_TRUE(loop_.stopped()) << "the store left work behind on its loop";
}

std::string KeyValueStoreContract::NewKey() {
  static std::atomic<int> keys = 0;
  return absl::StrCat("oauth1d:contract:", getpid(), ":", keys++);
}

absl::StatusOr<bool> KeyValueStoreContract::Put(std::string key, std::string value, absl::Duration ttl) {
  return RunTask(loop_, [&] { return store_->Put(key, value, ttl, Soon()); });
}

absl::StatusOr<std::optional<Entry>> KeyValueStoreContract::Get(std::string key) {
  return RunTask(loop_, [&] { return store_->Get(key, Soon()); });
}

std::string KeyValueStoreContract::ValueOf(std::string key) {
  const absl::StatusOr<std::optional<Entry>> entry = Get(std::move(key));
  if (!entry.ok()) return entry.status().ToString();
  return entry->has_value() ? (*entry)->value : "(none)";
}

absl::StatusOr<bool> KeyValueStoreContract::Swap(std::string key, std::string expected, std::string next,
                                                 absl::Duration ttl) {
  return RunTask(loop_, [&] { return store_->Swap(key, expected, next, ttl, Soon()); });
}

absl::Status KeyValueStoreContract::Erase(std::string key) {
  return RunTask(loop_, [&] { return store_->Erase(key, Soon()); });
}

TEST_P(KeyValueStoreContract, PutOnlyCreates) {
  const std::string key = NewKey();
  EXPECT_THAT(Put(key, "first"), IsOkAnd(true));
  EXPECT_THAT(Put(key, "second"), IsOkAnd(false));
  EXPECT_EQ(ValueOf(key), "first");
}

TEST_P(KeyValueStoreContract, GetTellsTheValueAndTheRemainingTime) {
  const std::string key = NewKey();
  EXPECT_THAT(Get(key), IsOkAnd(Eq(std::nullopt)));
  ASSERT_THAT(Put(key, "value", absl::Minutes(10)), IsOkAnd(true));
  EXPECT_THAT(Get(key),
              IsOkAnd(Optional(AllOf(Field(&Entry::value, "value"),
                                     Field(&Entry::remaining, AllOf(Gt(absl::Minutes(9)), Le(absl::Minutes(10))))))));
}

TEST_P(KeyValueStoreContract, AnExpiredValueIsGoneAndItsKeyIsFree) {
  const std::string key = NewKey();
  ASSERT_THAT(Put(key, "old", absl::Milliseconds(50)), IsOkAnd(true));
  std::this_thread::sleep_for(std::chrono::milliseconds(80));
  EXPECT_THAT(Get(key), IsOkAnd(Eq(std::nullopt)));
  EXPECT_THAT(Swap(key, "old", "next"), IsOkAnd(false));
  EXPECT_THAT(Put(key, "new"), IsOkAnd(true));
  EXPECT_EQ(ValueOf(key), "new");
}

TEST_P(KeyValueStoreContract, AnExpiryOfNoTimeIsStillOne) {
  const std::string key = NewKey();
  ASSERT_THAT(Put(key, "value", absl::ZeroDuration()), IsOkAnd(true));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_THAT(Get(key), IsOkAnd(Eq(std::nullopt)));
}

TEST_P(KeyValueStoreContract, AnExpiryMayBeFarAway) {
  const std::string key = NewKey();
  ASSERT_THAT(Put(key, "value", absl::InfiniteDuration()), IsOkAnd(true));
  EXPECT_THAT(Get(key), IsOkAnd(Optional(Field(&Entry::remaining, Ge(absl::Hours(24 * 365))))));
}

TEST_P(KeyValueStoreContract, SwapReplacesOnlyWhatIsExpectedAndSetsTheExpiry) {
  const std::string key = NewKey();
  ASSERT_THAT(Put(key, "one", absl::Minutes(1)), IsOkAnd(true));
  EXPECT_THAT(Swap(key, "another", "two"), IsOkAnd(false));
  EXPECT_EQ(ValueOf(key), "one");
  EXPECT_THAT(Swap(key, "one", "two", absl::Hours(1)), IsOkAnd(true));
  EXPECT_THAT(Get(key),
              IsOkAnd(Optional(AllOf(Field(&Entry::value, "two"), Field(&Entry::remaining, Gt(absl::Minutes(59)))))));
  EXPECT_THAT(Swap(key, "two", "three", absl::Milliseconds(50)), IsOkAnd(true));
  std::this_thread::sleep_for(std::chrono::milliseconds(80));
  EXPECT_THAT(Get(key), IsOkAnd(Eq(std::nullopt)));
}

TEST_P(KeyValueStoreContract, SwapCreatesNothing) {
  const std::string key = NewKey();
  EXPECT_THAT(Swap(key, "", "value"), IsOkAnd(false));
  EXPECT_THAT(Get(key), IsOkAnd(Eq(std::nullopt)));
}

TEST_P(KeyValueStoreContract, OfManySwapsExactlyOneWins) {
  const std::string key = NewKey();
  ASSERT_THAT(Put(key, "pending"), IsOkAnd(true));
  const std::unique_ptr<KeyValueStore> another = GetParam()(loop_);
  std::vector<std::shared_ptr<Running<absl::StatusOr<bool>>>> claims;
  for (int i = 0; i < 32; ++i) {
    KeyValueStore* const store = i % 2 == 0 ? store_.get() : another.get();
    claims.push_back(StartTask(loop_, [store, key, i] {
      return store->Swap(key, "pending", absl::StrCat("claim ", i), absl::Minutes(1), Soon());
    }));
  }
  ASSERT_TRUE(
      RunUntil(loop_, [&] { return std::all_of(claims.begin(), claims.end(), [](auto& c) { return c->done(); }); }));
  int winner = -1;
  int wins = 0;
  for (int i = 0; i < 32; ++i) {
    ASSERT_OK_AND_ASSIGN(const bool won, *claims[i]->result);
    if (won) winner = i;
    wins += won ? 1 : 0;
  }
  EXPECT_EQ(wins, 1);
  EXPECT_EQ(ValueOf(key), absl::StrCat("claim ", winner));
}

TEST_P(KeyValueStoreContract, ValuesAndKeysAreBytes) {
  const std::string key = NewKey() + std::string("\0\r\n*1\r\n\xff", 8);
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  bytes += "\r\n$-1\r\n";
  ASSERT_THAT(Put(key, bytes), IsOkAnd(true));
  EXPECT_EQ(ValueOf(key), bytes);
  EXPECT_THAT(Swap(key, bytes, ""), IsOkAnd(true));
  EXPECT_EQ(ValueOf(key), "");
  EXPECT_THAT(Swap(key, "", bytes), IsOkAnd(true));
  EXPECT_EQ(ValueOf(key), bytes);
}

TEST_P(KeyValueStoreContract, ValuesMayBeLarge) {
  const std::string key = NewKey();
  std::string value(size_t{1} << 20, '\0');
  for (size_t i = 0; i < value.size(); ++i) value[i] = static_cast<char>(i * 7 + i / 256);
  ASSERT_THAT(Put(key, value), IsOkAnd(true));
  EXPECT_TRUE(ValueOf(key) == value);
  EXPECT_THAT(Swap(key, value, value + "!"), IsOkAnd(true));
  EXPECT_TRUE(ValueOf(key) == value + "!");
}

TEST_P(KeyValueStoreContract, EraseRemovesAndForgivesWhatIsNotThere) {
  const std::string key = NewKey();
  EXPECT_THAT(Erase(key), IsOk());
  ASSERT_THAT(Put(key, "value"), IsOkAnd(true));
  EXPECT_THAT(Erase(key), IsOk());
  EXPECT_THAT(Get(key), IsOkAnd(Eq(std::nullopt)));
  EXPECT_THAT(Put(key, "again"), IsOkAnd(true));
}

TEST_P(KeyValueStoreContract, ADeadlineThatHasPassedAsksNothing) {
  const std::string key = NewKey();
  const Deadline passed = Deadline::After(RealEnvironment(), absl::ZeroDuration());
  const auto status = RunTask(loop_, [&] { return store_->Put(key, "value", absl::Minutes(1), passed); });
  EXPECT_THAT(status, FailsWith(Reason::kDeadline));
  EXPECT_THAT(Get(key), IsOkAnd(Eq(std::nullopt)));
}

TEST_P(KeyValueStoreContract, AStoreThatServesIsKnownToBeWell) {
  ASSERT_THAT(Put(NewKey(), "value"), IsOkAnd(true));
  EXPECT_THAT(store_->KnownState(), IsOk());
}

}  // namespace oauth1d::storage
