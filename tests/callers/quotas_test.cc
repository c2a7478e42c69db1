#include "server/callers/quotas.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "server/base/failure.h"
#include "tests/support/fake_environment.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::callers {
namespace {

class QuotasTest : public ::testing::Test {
 protected:
  QuotasTest() {
    auto provider = std::make_shared<providers::Provider>();
    provider->name = "photos";
    for (const char* const name : {"shop", "blog"}) {
      providers::Owner owner;
      owner.name = name;
      owner.grants.emplace_back().provider = provider;
      owners_.push_back(owner);
    }
  }

  const providers::Owner& shop() { return owners_[0]; }
  const providers::Owner& blog() { return owners_[1]; }

  // As many calls as it gets, at most `most`.
  std::vector<Share> Fill(const providers::Owner& owner, int most) {
    std::vector<Share> shares;
    for (int i = 0; i < most; ++i) {
      absl::StatusOr<Share> share = quotas_.BeginCall(owner);
      if (!share.ok()) break;
      shares.push_back(*std::move(share));
    }
    return shares;
  }

  FakeEnvironment environment_;
  Quotas quotas_{environment_};
  std::vector<providers::Owner> owners_;
};

TEST_F(QuotasTest, OneOwnerAtItsLimitLeavesTheOthersTheirs) {
  std::vector<Share> calls = Fill(shop(), 5000);
  EXPECT_EQ(calls.size(), 500);
  const absl::Status refused = quotas_.BeginCall(shop()).status();
  EXPECT_THAT(refused, FailsWith(Reason::kQuotaExceeded));
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(RetryAfterOf(refused), absl::Milliseconds(100));
  EXPECT_EQ(SentOf(refused), Sent::kNo);
  EXPECT_THAT(quotas_.BeginCall(blog()), IsOk());
  calls.pop_back();
  EXPECT_THAT(quotas_.BeginCall(shop()), IsOk());
}

TEST_F(QuotasTest, TheServiceAsAWholeHasALimitToo) {
  QuotaLimits limits;
  limits.in_flight = 600;
  quotas_.SetLimits(limits);
  const std::vector<Share> of_shop = Fill(shop(), 5000);
  const std::vector<Share> of_blog = Fill(blog(), 5000);
  EXPECT_EQ(of_blog.size(), 100);
  EXPECT_THAT(quotas_.BeginCall(blog()), FailsWith(Reason::kOverloaded));
}

TEST_F(QuotasTest, AnOwnersOwnLimitsCount) {
  owners_[0].in_flight = 3;
  EXPECT_EQ(Fill(shop(), 100).size(), 3);
  owners_[0].calls_per_second = 10;
  owners_[0].in_flight = 0;
  EXPECT_EQ(Fill(shop(), 100).size(), 10);
  const absl::Status refused = quotas_.BeginCall(shop()).status();
  EXPECT_THAT(refused, FailsWith(Reason::kQuotaExceeded));
  EXPECT_EQ(RetryAfterOf(refused), absl::Milliseconds(100));
  environment_.Advance(absl::Milliseconds(500));
  EXPECT_EQ(Fill(shop(), 100).size(), 5);
}

TEST_F(QuotasTest, AProviderThatHangsHoldsNoMoreThanItsShare) {
  QuotaLimits limits;
  limits.in_flight_per_provider = 2;
  quotas_.SetLimits(limits);
  absl::StatusOr<Share> first = quotas_.BeginRequest(shop(), shop().grants[0]);
  const absl::StatusOr<Share> second = quotas_.BeginRequest(blog(), blog().grants[0]);
  EXPECT_THAT(quotas_.BeginRequest(blog(), blog().grants[0]), FailsWith(Reason::kOverloaded));
  *first = Share();
  EXPECT_THAT(quotas_.BeginRequest(blog(), blog().grants[0]), IsOk());
}

TEST_F(QuotasTest, NoOwnerTakesAProviderFromAllOthers) {
  QuotaLimits limits;
  limits.in_flight_per_provider = 8;
  quotas_.SetLimits(limits);
  std::vector<Share> shares;
  for (int i = 0; i < 6; ++i) {
    absl::StatusOr<Share> share = quotas_.BeginRequest(shop(), shop().grants[0]);
    ASSERT_THAT(share, IsOk());
    shares.push_back(*std::move(share));
  }
  EXPECT_THAT(quotas_.BeginRequest(shop(), shop().grants[0]), FailsWith(Reason::kQuotaExceeded));
  EXPECT_THAT(quotas_.BeginRequest(blog(), blog().grants[0]), IsOk());
}

TEST_F(QuotasTest, AGrantHasLimitsOfItsOwn) {
  owners_[0].grants[0].in_flight = 1;
  const absl::StatusOr<Share> first = quotas_.BeginRequest(shop(), shop().grants[0]);
  EXPECT_THAT(first, IsOk());
  EXPECT_THAT(quotas_.BeginRequest(shop(), shop().grants[0]), FailsWith(Reason::kQuotaExceeded));
  EXPECT_THAT(quotas_.BeginRequest(blog(), blog().grants[0]), IsOk());
}

TEST_F(QuotasTest, BytesThatAreHeldKeepOthersOut) {
  QuotaLimits limits;
  limits.bytes_in_flight = 1000;
  quotas_.SetLimits(limits);
  const absl::StatusOr<Share> request = quotas_.HoldBytes(600);
  EXPECT_THAT(request, IsOk());
  EXPECT_THAT(quotas_.HoldBytes(401), FailsWith(Reason::kOverloaded));
  {
    // An answer is there: it cannot be refused any more, but what comes after it can.
    const Share answer = quotas_.AddBytes(1000);
    EXPECT_THAT(quotas_.HoldBytes(1), FailsWith(Reason::kOverloaded));
  }
  EXPECT_FALSE(quotas_.IsFull());
  EXPECT_THAT(quotas_.HoldBytes(400), IsOk());
}

TEST_F(QuotasTest, LoginsCountUntilTheyEndOrTheirTimeIsOver) {
  owners_[0].pending_flows = 2;
  EXPECT_THAT(quotas_.BeginFlow(shop(), "a", absl::Minutes(10)), IsOk());
  environment_.Advance(absl::Minutes(5));
  EXPECT_THAT(quotas_.BeginFlow(shop(), "b", absl::Minutes(10)), IsOk());
  EXPECT_THAT(quotas_.BeginFlow(shop(), "c", absl::Minutes(10)), FailsWith(Reason::kQuotaExceeded));
  EXPECT_THAT(quotas_.BeginFlow(blog(), "c", absl::Minutes(10)), IsOk());
  quotas_.EndFlow("shop", "unknown");
  quotas_.EndFlow("blog", "a");
  EXPECT_THAT(quotas_.BeginFlow(shop(), "c", absl::Minutes(10)), FailsWith(Reason::kQuotaExceeded));
  quotas_.EndFlow("shop", "b");
  EXPECT_THAT(quotas_.BeginFlow(shop(), "c", absl::Minutes(10)), IsOk());
  environment_.Advance(absl::Minutes(5));
  EXPECT_THAT(quotas_.BeginFlow(shop(), "d", absl::Minutes(10)), IsOk());
  EXPECT_THAT(quotas_.BeginFlow(shop(), "e", absl::Minutes(10)), FailsWith(Reason::kQuotaExceeded));
}

TEST_F(QuotasTest, ManyThreadsNeverGetMoreThanTheLimit) {
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  std::vector<std::thread> threads;
  owners_[0].in_flight = 3;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < 20'000; ++call) {
        const absl::StatusOr<Share> share = quotas_.BeginCall(shop());
        if (!share.ok()) continue;
        const int now = ++running;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        --running;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, 3);
  EXPECT_EQ(Fill(shop(), 100).size(), 3);
}

}  // namespace
}  // namespace oauth1d::callers
