#include "server/rpc/trace_id.h"

#include <gtest/gtest.h>

namespace oauth1d::rpc {
namespace {

TEST(TraceIdTest, ReadsWhatTheW3cWrites) {
  EXPECT_EQ(TraceIdOf("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), "4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST(TraceIdTest, AnythingElseIsNone) {
  for (const char* text :
       {"", "x", "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01", "00-00000000000000000000000000000000-1-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736"}) {
    EXPECT_EQ(TraceIdOf(text), "") << text;
  }
}

}  // namespace
}  // namespace oauth1d::rpc
