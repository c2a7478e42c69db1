#include "server/base/event.h"

#include <boost/asio/io_context.hpp>

#include "server/base/sleep.h"
#include "server/base/spawn.h"
#include "tests/support/fake_environment.h"
#include "tests/support/run_task.h"
#include "tests/support/status_matchers.h"

namespace oauth1d {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;

class EventTest : public ::testing::Test {
 protected:
  Task<int> ValueOrMinusOne(absl::Duration patience) {
    const Deadline deadline = Deadline::After(environment_, patience);
    const std::optional<int> value = co_await event_.Wait(environment_, deadline);
    co_return value.value_or(-1);
  }

  boost::asio::io_context loop_;
  FakeEnvironment environment_;
  Event<int> event_;
};

TEST_F(EventTest, AValueSetBeforeIsThereAtOnce) {
  event_.Set(7);
  EXPECT_THAT(RunTask(loop_, [&] { return ValueOrMinusOne(absl::Seconds(1)); }), IsOkAnd(Eq(7)));
}

TEST_F(EventTest, AValueSetLaterWakesTheWaiterAndTheFirstCounts) {
  const auto waiting = StartTask(loop_, [&] { return ValueOrMinusOne(absl::Seconds(1)); });
  RunReady(loop_);
  EXPECT_FALSE(waiting->done());
  event_.Set(7);
  event_.Set(8);
  RunReady(loop_);
  ASSERT_TRUE(waiting->done());
  EXPECT_THAT(*waiting->result, IsOkAnd(Eq(7)));
  EXPECT_THAT(environment_.ArmedAlarms(), IsEmpty());
}

TEST_F(EventTest, TheDeadlineEndsTheWait) {
  const auto waiting = StartTask(loop_, [&] { return ValueOrMinusOne(absl::Seconds(1)); });
  RunReady(loop_);
  EXPECT_THAT(environment_.ArmedAlarms(), ElementsAre(absl::Seconds(1)));
  environment_.Advance(absl::Seconds(1));
  RunReady(loop_);
  ASSERT_TRUE(waiting->done());
  EXPECT_THAT(*waiting->result, IsOkAnd(Eq(-1)));
}

TEST_F(EventTest, ACancellationEndsTheWaitAndAllLaterOnes) {
  const auto waiting = StartTask(loop_, [&]() -> Task<int> {
    CO_RETURN_IF_ERROR((co_await ValueOrMinusOne(absl::Hours(1))).status());
    co_return co_await ValueOrMinusOne(absl::Hours(1));
  });
  RunReady(loop_);
  CancelTask(loop_, waiting);
  RunReady(loop_);
  ASSERT_TRUE(waiting->done());
  EXPECT_THAT(*waiting->result, IsOkAnd(Eq(-1)));
}

TEST_F(EventTest, SleepTakesItsTime) {
  const auto sleeping = StartTask(loop_, [&] { return Sleep(environment_, absl::Minutes(2)); });
  RunReady(loop_);
  environment_.Advance(absl::Minutes(1));
  RunReady(loop_);
  EXPECT_FALSE(sleeping->done());
  environment_.Advance(absl::Minutes(1));
  RunReady(loop_);
  ASSERT_TRUE(sleeping->done());
  EXPECT_THAT(*sleeping->result, IsOk());
}

TEST_F(EventTest, ACancelledSleepSaysSo) {
  const auto sleeping = StartTask(loop_, [&] { return Sleep(environment_, absl::Minutes(2)); });
  RunReady(loop_);
  CancelTask(loop_, sleeping);
  RunReady(loop_);
  ASSERT_TRUE(sleeping->done());
  EXPECT_THAT(*sleeping->result, HasCode(absl::StatusCode::kCancelled));
}

TEST(RealAlarmTest, RingsOnceAndNotAfterACancel) {
  boost::asio::io_context loop;
  int rings = 0;
  const std::unique_ptr<Alarm> rung = RealEnvironment().NewAlarm(loop.get_executor());
  const std::unique_ptr<Alarm> cancelled = RealEnvironment().NewAlarm(loop.get_executor());
  rung->Set(absl::Milliseconds(1), [&] { ++rings; });
  cancelled->Set(absl::Milliseconds(1), [&] { rings += 100; });
  cancelled->Cancel();
  loop.run();
  EXPECT_EQ(rings, 1);
}

TEST(SpawnTest, AnExceptionBecomesAnInternalError) {
  boost::asio::io_context loop;
  const absl::Status status = RunTask(loop, []() -> Task<> {
    throw std::runtime_error("a bug");
    co_return absl::OkStatus();
  });
  EXPECT_THAT(status, HasCode(absl::StatusCode::kInternal));
}

}  // namespace
}  // namespace oauth1d
